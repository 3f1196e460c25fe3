import type { Clock, Random } from "../../base/ports.js";
import type { Milliseconds, Seconds } from "../../base/units.js";
import type { Infer } from "../../codec/schema.js";
import type { PairContext } from "../../crypto/keys/relayedKeys.js";
import type { Secret } from "../../crypto/secret.js";
import type { Suite } from "../../crypto/suite.js";
import type { LocalKeyData } from "../../keystore/schemas.js";
import type { RecordLayer, SessionLimits } from "../../link/record.js";
import type { Ticket } from "../../link/ticket.js";
import type { LinkKey, pnInventory } from "./messages.js";

/** The session of PNE and Server in one PN: its records, and what the next one is made from. */
export interface ServerSession {
  readonly layer: RecordLayer;
  readonly context: PairContext;
  readonly binder: Secret;
}

/** A PN that the PNE is in: who else, and the session with the Server. */
export interface JoinedPN {
  readonly pnID: Uint8Array;
  readonly inventory: Infer<typeof pnInventory>;
  readonly server: ServerSession;
  /** It started the PN, and may end it for everybody. */
  readonly started: boolean;
  /** The Server has proven that the PN GW is of the PNE's own User (C-34). */
  readonly own: boolean;
  /** True when the LocalEUKey protects the link (LEU-04). */
  readonly localSession: boolean;
  /** To resume that session with, when the link is lost; the owner's to wipe. */
  readonly ticket: Ticket | undefined;
  /** How far the Server's calendar is ahead of the PNE's clock: of its link's key the Server says when it ends. */
  readonly ahead: Milliseconds | undefined;
}

/** Why the PNE takes part in a PN. */
export type How =
  /** It starts one (PNI-01): of type 1-1, with all, or with the PNEs whose Entity IDs are `targets`. */
  | {
      readonly kind: "create";
      readonly setupType: number;
      readonly targets?: readonly Uint8Array[];
      readonly alias?: string;
    }
  /** Another PNE (PNI-02) or the PN GW (GWI-01) has invited it, and its person said yes. */
  | {
      readonly kind: "invited";
      readonly pnID: Uint8Array;
      readonly byGateway: boolean;
      /** It is in the PN, or was when it lost its power: nobody waits for what comes of it. */
      readonly again?: true;
    };

export interface SetupOptions {
  readonly how: How;
  readonly suite: Suite;
  readonly random: Random;
  readonly clock: Clock;
  readonly limits?: SessionLimits;
  readonly entityID: Uint8Array;
  readonly gatewayID: Uint8Array;
  readonly serverID: Uint8Array;
  /** The EUKey; the caller's copy, wiped by the caller. */
  readonly euKey: Uint8Array;
  readonly capabilities: number;
  readonly name: string | undefined;
  /** Contents information of the device's application (C-30). */
  readonly contents?: Uint8Array | undefined;
  /** It takes part at PN GWs of its own User alone (C-34). */
  readonly ownOnly?: boolean;
  /** What is to protect the link (C-01, LEU-02). */
  readonly linkKey: LinkKey;
  /** A fresh copy of the Temporary Key, 32 octets, wiped here; a pre-assigned key is derived from it. */
  readonly temporaryKey?: (() => Uint8Array) | undefined;
  /** False: run the handshake with the link's key (LEU-04). */
  readonly panSecure: boolean;
  /** Offer forward secrecy, to the Server and to the PN GW. */
  readonly forwardSecrecy: boolean;
  /** The PNE's time, or one that is over for certain: from then on a LocalEUKey has its whole time, at least (C-21). */
  readonly atLeast: Seconds;
  /** Keeps a copy of the LocalEUKey (PNI-06c); throws StoreError("store.keyNotNewer") for a replayed one. */
  storeLocalKey(key: LocalKeyData): void;
}
