import type { Clock, Log, Random } from "../base/ports.js";
import type { Result } from "../codec/results.js";
import type { CurveSuite } from "../crypto/suite.js";
import type { KeyStore } from "../keystore/keystore.js";
import type { SessionLimits } from "../link/record.js";

/** What every procedure of the PN GW works with. */
export interface GatewayPorts {
  readonly suite: CurveSuite;
  readonly random: Random;
  readonly clock: Clock;
  readonly log: Log;
  /** The PN GW's own EUKey (EUK-GW-13). */
  readonly store: KeyStore;
  readonly gatewayID: Uint8Array;
  readonly serverID: Uint8Array;
  /** Offers forward secrecy to the Server; not unless told. To a PNE that offers it the answer is always yes. */
  readonly forwardSecrecy?: boolean;
  /** Of its sessions (GWA-01); `defaultLimits` unless told. */
  readonly limits?: SessionLimits;
  /** Carries octets to the Server (HTTPS); calls `done` once, with undefined when no answer came in time. */
  request(octets: Uint8Array, done: (answer: Uint8Array | undefined) => void): void;
  /** What the PN GW does with application data that a PNE sends to it: the answer. */
  application(origin: Uint8Array, pnID: Uint8Array, data: Uint8Array): Uint8Array;
}

/** The Server's answer inside the session, or why there is none. */
export type Exchanged = { readonly octets: Uint8Array } | { readonly failed: Result };
