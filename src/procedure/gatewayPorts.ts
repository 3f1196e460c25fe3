import type { Done } from "../base/outcome.js";
import type { Clock, KeyValue, Log, Random } from "../base/ports.js";
import type { Milliseconds } from "../base/units.js";
import type { CurveSuite } from "../crypto/suite.js";
import type { KeyStore } from "../keystore/keystore.js";
import type { SessionLimits } from "../link/record.js";

/** What the way to the Server may know of a request, to treat all fairly. */
export interface Errand {
  /** Whose it is: what still waits is dropped when that link closes. */
  readonly link?: object;
  /** It goes on with what has begun, and goes before what is new. */
  readonly begun?: boolean;
}

/**
 * One request to the Server and its answer. Errors: "result.serverUnreachable" of what nobody answered, "result.busy" of
 * what had no room, "result.gatewayNotEnrolled" while the Server takes no key of this PN GW, "linkLost".
 */
export type Exchange = (octets: Uint8Array, done: Done<Uint8Array>, errand?: Errand) => void;

/** "PN GW Info": what a PN GW says of itself to the Server (C-29). */
export interface GatewayInfo {
  /** Bits of `GatewayCapability`. */
  readonly flags: number;
  /** Links that its radio can have at once. */
  readonly links: number;
  /** PAN technologies by name. */
  readonly technologies: readonly string[];
  /** One of `SubscriptionKind`, and the operator's realm where there is one. */
  readonly subscription: { readonly kind: number; readonly realm?: string };
}

interface Message {
  readonly topic: string;
  readonly value: number | boolean | string | Uint8Array;
}

/** What every procedure of the PN GW works with. */
export interface GatewayPorts {
  readonly suite: CurveSuite;
  readonly random: Random;
  readonly clock: Clock;
  readonly log: Log;
  /** The PN GW's own EUKey (EUK-GW-13). */
  readonly store: KeyStore;
  /** Where its PNs outlast its power (C-33); without it they end with it. */
  readonly networks?: KeyValue;
  readonly gatewayID: Uint8Array;
  readonly serverID: Uint8Array;
  /** Label for people, 1 to 32 octets of UTF-8: devices show it. */
  readonly name?: string;
  /** Offers forward secrecy to the Server; not unless told. To a PNE that offers it the answer is always yes. */
  readonly forwardSecrecy?: boolean;
  /** Of its sessions (GWA-01); `defaultLimits` unless told. */
  readonly limits?: SessionLimits;
  /**
   * Carries octets to the Server and the answer back (HTTPS), many at once; calls `done` once, with
   * "result.serverUnreachable" when no answer came in time. `patience` is for an answer that the Server holds back.
   */
  request(octets: Uint8Array, done: Done<Uint8Array>, patience?: Milliseconds): void;
  /** What it says of itself when it registers a PN, as it is now. */
  info(): GatewayInfo;
  /** A fault of ours, to be logged: it has ended what it happened in, and nothing else. */
  readonly fault: (error: unknown) => void;
  /** What the PN GW is has changed, for whoever looks at it. */
  changed?(): void;
  /** A member has said something of a topic that it offers, to the PN GW: each message once. */
  topic?(pnID: Uint8Array, member: { readonly entityID: Uint8Array }, message: Message): void;
  /** What the PN GW does with application data of no topic that a PNE sends to it: the answer. */
  application(origin: Uint8Array, pnID: Uint8Array, data: Uint8Array): Uint8Array;
}
