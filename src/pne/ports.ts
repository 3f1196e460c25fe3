import type { ErrorCode } from "../base/errorCodes.js";
import type { Clock, KeyValue, Log, Random } from "../base/ports.js";
import type { Seconds } from "../base/units.js";
import { Method } from "../codec/methods.js";
import type { Result } from "../codec/results.js";
import type { Suite } from "../crypto/suite.js";
import type { FragmentPort } from "../link/channel.js";
import type { SessionLimits } from "../link/record.js";
import { AdvertisedState } from "../link/service.js";
import type { DerivationPace } from "./runner.js";
import type { UpdatePorts } from "./updatePorts.js";

export { AdvertisedState };

/** The PNE's radio: a BLE peripheral with one GATT service. */
export interface PneRadio {
  /**
   * Advertises while the device wants a connection, under its name for people; `undefined` stops. A name that changes
   * meanwhile comes with another call.
   */
  advertise(state: AdvertisedState | undefined, name?: string): void;
  /** Forgets the bonds of before: they were those of an owner who is none any more. */
  forget?(): void;
  /** How many gateways are bonded. */
  bonds?(): number;
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
  /** Is a gateway there? Answered by "found", or failed. */
  | { readonly kind: "look" }
  | { readonly kind: "cancel" }
  /** `who`: nobody else (1-1), all that are there, or these, by Entity ID in hexadecimal (PNI-01). */
  | {
      readonly kind: "createPN";
      readonly who?: "oneToOne" | "all" | readonly string[];
      /** The PN's label for people, 1 to 32 octets of UTF-8. */
      readonly alias?: string;
    }
  /** The device's label for people, 1 to 32 octets of UTF-8; "" goes back to the one that it was made with. */
  | { readonly kind: "setName"; readonly name: string }
  /** Code of the language of the screens; kept over restarts. */
  | { readonly kind: "setLanguage"; readonly language: string }
  /** Makes no sounds, or does; kept over restarts. */
  | { readonly kind: "setQuiet"; readonly quiet: boolean }
  | { readonly kind: "acceptInvitation" }
  | { readonly kind: "declineInvitation" }
  /** The firmware that the gateway offers: now, or later. */
  | { readonly kind: "answerUpdate"; readonly yes: boolean }
  | { readonly kind: "leavePN" }
  /** Ends a PN that this PNE has started, for everybody. */
  | { readonly kind: "dissolvePN" }
  /** To another member, by Entity ID in hexadecimal. */
  | { readonly kind: "sendToMember"; readonly to: string; readonly text: string }
  | { readonly kind: "sendToServer"; readonly text: string }
  | { readonly kind: "sendToGateway"; readonly text: string }
  | { readonly kind: "factoryReset" };

export interface MemberView {
  readonly id: string;
  readonly name?: string;
  /** What it offers and understands, where this device has an application itself. */
  readonly topics?: string;
}

export interface PNView {
  readonly id: string;
  /** Its label for people, if it has one. */
  readonly alias?: string;
  readonly members: readonly MemberView[];
  /** This PNE has started it, and may end it for everybody. */
  readonly started: boolean;
  /** The link is protected by the LocalEUKey, or the PAN is secure by itself. */
  readonly secure: boolean;
  /** The link is lost, and the device waits for its gateway to come back. */
  readonly away: boolean;
}

export interface InvitationView {
  /** The PNE that invites, by its name or Entity ID; none when the PN GW does. */
  readonly from?: string;
  /** What the PN is called, as far as anybody said so. */
  readonly alias?: string;
}

/** A new firmware that the gateway offers; `fraction` of it is there, once the person has said yes. */
export interface UpdateView {
  readonly version: string;
  readonly fraction?: number;
}

/** What the device is, for screens and panels: never a key. */
export interface PneView {
  readonly keys: "empty" | "staged" | "enrolled" | "replacing";
  readonly userID?: string;
  readonly entityID?: string;
  /** The device's label for people. */
  readonly name?: string;
  /** Code of the language that the person has chosen. */
  readonly language?: string;
  /** The person wants no sounds. */
  readonly quiet?: true;
  readonly euKeyID?: string;
  /** A gateway has seen the EUKey, and it has not been replaced yet (C-18). */
  readonly escrowed?: true;
  readonly connected: boolean;
  /** Where it is: the PN GW's name or Entity ID, and its owner once the Server has proven that he is the device's. */
  readonly gateway?: string;
  readonly pn?: PNView;
  /** Somebody wants this PNE in a PN; its person is asked. */
  readonly invitation?: InvitationView;
  readonly update?: UpdateView;
  readonly failures: number;
}

/** What the device tells the person. */
export type PneNotice =
  | { readonly kind: "state"; readonly view: PneView }
  | { readonly kind: "progress"; readonly step: string; readonly fraction?: number }
  /** A gateway is there. */
  | { readonly kind: "found" }
  | { readonly kind: "enrolled" }
  | { readonly kind: "joined" }
  /** `why`: the person wanted it, or the PN was dissolved. */
  | { readonly kind: "left"; readonly why?: "dissolved" }
  | ({ readonly kind: "invited" } & InvitationView)
  /** Nobody said yes or no in time, or the one that invited has gone. */
  | { readonly kind: "invitationOver" }
  /** A new firmware is there; the person is asked. */
  | { readonly kind: "updateOffered" }
  /** `name` of the member, when one sent it. */
  | {
      readonly kind: "message";
      readonly from: "server" | "gateway" | "member";
      readonly name?: string;
      readonly text: string;
    }
  /** What was sent to a member has arrived there. */
  | { readonly kind: "sent"; readonly to: string }
  /** `wait`: before the next attempt is taken. */
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly wait?: Seconds }
  | { readonly kind: "named" }
  | { readonly kind: "resetDone" };

/**
 * Unless the owner says otherwise. On a PAN that is secure by itself `scram` would show its proof to nobody but the
 * PN GW; who trusts that, or has no curve, allows it by a policy of its own.
 */
export const defaultMethods = Object.freeze({
  secureMethods: Object.freeze([Method.spake2plus]),
  insecureMethods: Object.freeze([Method.spake2plus]),
});

export interface PnePolicy {
  /** Enough UI to type a User ID and password (EUK-UI-11). */
  readonly hasUI: boolean;
  /** Enrolment methods that the owner allows on a PAN that is secure by itself, best first (SEC-02). */
  readonly secureMethods: readonly Method[];
  /** The same for every other PAN, where whoever listens can guess at what `scram` shows. */
  readonly insecureMethods: readonly Method[];
  /** C-01: `r01` indicates a LocalEUKey iff UI; `flow` iff UI and the PAN is not secure. */
  readonly localEUKeyCriterion: "r01" | "flow";
  /** Stays connected to a gateway while idle, so that it can be invited and reached (PNI-02, GWI-01). */
  readonly reachable: boolean;
  /** Offers forward secrecy in every session (two multiplications on P-256 and 37 octets each); not unless told. */
  readonly forwardSecrecy?: boolean;
  /** A device without UI takes part in the PNs that it is invited into. */
  readonly acceptInvitations: boolean;
  /** A device without UI takes part at PN GWs of other Users, too (C-34); not unless told. */
  readonly guest?: boolean;
  /** A device without UI that has an EUKey takes another one from its gateway (SEC-04, SEC-05); not unless told. */
  readonly allowReenrolment?: boolean;
}

/** Who has sent something: of a member its Entity ID in hexadecimal. */
export type Sender = "server" | "gateway" | { readonly member: string };

/** What the device is for, as far as the PNE knows: a firmware may have an application (src/device/application). */
export interface PneApplication {
  /** Contents information (C-30), 1 to 200 octets; none for an application that neither sends nor takes anything. */
  readonly contents: Uint8Array | undefined;
  /** A message of a topic that is for it. `Result.ok` when it is taken: only then the sender is told that it has arrived. */
  received(from: Sender, payload: Uint8Array): Result;
  /** What another member's contents say, for people: "temperature, lamp". */
  describe(contents: Uint8Array): string;
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
  /** Of its sessions (GWA-01); `defaultLimits` unless told. */
  readonly limits?: SessionLimits;
  /** Factory Entity ID; without one the PN GW assigns one (C-12). */
  readonly factoryEntityID?: Uint8Array;
  /** A fresh copy of the Temporary Key that the factory gave the device (SEC-06), 32 octets, to be wiped. */
  readonly temporaryKey?: () => Uint8Array;
  /** Label for people, told in PNEInfo, until somebody gives the device another one. */
  readonly name?: string;
  readonly application?: PneApplication;
  readonly update?: UpdatePorts;
  notify(notice: PneNotice): void;
}
