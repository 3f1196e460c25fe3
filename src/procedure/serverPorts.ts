import type { Clock, Log, Random } from "../base/ports.js";
import type { CurveSuite } from "../crypto/suite.js";
import type { ServerSecrets, ServerStore } from "../database/tables.js";
import type { SessionLimits } from "../link/record.js";

/** What every procedure of the Server works with. */
export interface ServerPorts {
  readonly suite: CurveSuite;
  readonly random: Random;
  readonly clock: Pick<Clock, "now">;
  readonly store: ServerStore;
  readonly log: Log;
  readonly secrets: ServerSecrets;
  /** Own Entity ID, the realm of its users. */
  readonly serverID: Uint8Array;
  /** Who may do what in a PN (PNR-12, C-13); by default every PNE whose owner is known. */
  readonly policy: ServerPolicy;
  /** Of every session with the Server (GWA-01); `defaultLimits` unless told. */
  readonly limits?: SessionLimits;
  /** What the Server does with application data of a PNE: the answer, or undefined for none. */
  application(origin: Uint8Array, pnID: Uint8Array, data: Uint8Array): Uint8Array | undefined;
}

export interface ServerPolicy {
  mayJoin(pne: Uint8Array, pneOwner: Uint8Array, gateway: Uint8Array, gatewayOwner: Uint8Array): boolean;
}

/** The entity that a message claims to come from. */
export interface Origin {
  readonly role: "pne" | "gateway";
  /** Claimed, not proven (C-10). */
  readonly entityID: Uint8Array;
  /** The PN GW of the session that it came by; the entity itself when it is a PN GW. */
  readonly gatewayID: Uint8Array;
}
