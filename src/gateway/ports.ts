import type { Clock, Log, Random } from "../base/ports.js";
import type { CurveSuite } from "../crypto/suite.js";
import type { KeyStore } from "../keystore/keystore.js";
import type { SessionLimits } from "../link/record.js";
import type { GbaPorts } from "../protocols/gba/gateway.js";

/** What the PN GW works with. */
export interface GatewayPorts {
  readonly suite: CurveSuite;
  readonly random: Random;
  readonly clock: Clock;
  readonly log: Log;
  /** The PN GW's own EUKey (EUK-GW-13). */
  readonly store: KeyStore;
  /** A UICC and the way to its BSF (EUK-GW-01); without them the EUKey comes by User ID and password (EUK-GW-04). */
  readonly gba?: GbaPorts;
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
