import type { Suite } from "../crypto/suite.js";
import type { Method } from "../enrol/messages.js";
import type { FragmentPort } from "../link/channel.js";
import type { Clock, KeyValue, Log, Random } from "../ports.js";
import type { Seconds } from "../units.js";
import type { DerivationPace } from "./runner.js";

/** What advertising tells a gateway before it connects. */
export const AdvertisedState = Object.freeze({ needsEnrolment: 0, freeToJoin: 1, joined: 2 });
export type AdvertisedState = (typeof AdvertisedState)[keyof typeof AdvertisedState];

/** The PNE's radio: a BLE peripheral with one GATT service. */
export interface PneRadio {
  /** Advertises while the device wants a connection; `undefined` stops. */
  advertise(state: AdvertisedState | undefined): void;
}

/** The PNE's end of one connection. */
export interface GatewayConnection extends FragmentPort {
  /** Bonded LE Secure Connections with authentication (SEC-02). */
  readonly secure: boolean;
  disconnect(): void;
}

/** What the person asks the device to do. */
export type PneCommand =
  /** Ownership of `password` passes; it is wiped. */
  | { readonly kind: "enrol"; readonly userID: Uint8Array; readonly password: Uint8Array }
  | { readonly kind: "cancel" }
  | { readonly kind: "createPN" }
  | { readonly kind: "leavePN" }
  | { readonly kind: "sendToServer"; readonly text: string }
  | { readonly kind: "sendToGateway"; readonly text: string }
  | { readonly kind: "factoryReset" };

export interface PNView {
  readonly id: string;
  readonly members: readonly { readonly id: string; readonly name?: string }[];
  /** The link is protected by the LocalEUKey, or the PAN is secure by itself. */
  readonly secure: boolean;
}

/** What the device is, for screens and panels: never a key. */
export interface PneView {
  readonly keys: "empty" | "staged" | "enrolled" | "replacing";
  readonly userID?: string;
  readonly entityID?: string;
  readonly euKeyID?: string;
  readonly connected: boolean;
  readonly pn?: PNView;
  readonly failures: number;
}

/** What the device tells the person. */
export type PneNotice =
  | { readonly kind: "state"; readonly view: PneView }
  | { readonly kind: "progress"; readonly step: string; readonly fraction?: number }
  | { readonly kind: "enrolled" }
  | { readonly kind: "joined" }
  | { readonly kind: "left" }
  | { readonly kind: "message"; readonly from: "server" | "gateway"; readonly text: string }
  /** `wait`: before the next attempt is taken. */
  | { readonly kind: "failed"; readonly code: string; readonly wait?: Seconds }
  | { readonly kind: "resetDone" };

export interface PnePolicy {
  /** Enough UI to type a User ID and password (EUK-UI-11). */
  readonly hasUI: boolean;
  /** Enrolment methods that the owner allows on a PAN that is not secure by itself (SEC-02). */
  readonly insecureMethods: readonly Method[];
  /** C-01: `r01` indicates a LocalEUKey iff UI; `flow` iff UI and the PAN is not secure. */
  readonly localEUKeyCriterion: "r01" | "flow";
  /** Stays connected to a gateway while idle, so that it can be invited and reached (PNI-02, GWI-01). */
  readonly reachable: boolean;
}

export interface PnePorts {
  readonly suite: Suite;
  readonly random: Random;
  readonly clock: Clock;
  readonly log: Log;
  readonly flash: KeyValue;
  readonly radio: PneRadio;
  readonly policy: PnePolicy;
  readonly pace: DerivationPace;
  /** Factory Entity ID; without one the PN GW assigns one (C-12). */
  readonly factoryEntityID?: Uint8Array;
  /** Label for people, told in PNEInfo. */
  readonly name?: string;
  notify(notice: PneNotice): void;
}
