import type { Milliseconds } from "../base/units.js";
import type { GatewayPorts } from "../procedure/gatewayPorts.js";
import type { GbaPorts } from "../protocols/gba/gateway.js";
import type { Registered } from "../protocols/registration/client.js";
import type { Topic } from "../protocols/topics/contents.js";
import type { Value } from "../protocols/topics/message.js";
import type { UpdateImage, UpdateView } from "./updates.js";

/** What the PN GW is made with. */
export interface GatewayEntityPorts extends Omit<GatewayPorts, "fault" | "changed" | "info" | "topic"> {
  /** A UICC and the way to its BSF (EUK-GW-01); without them the EUKey comes by User ID and password (EUK-GW-04). */
  readonly gba?: GbaPorts;
  /** Keeps a poll open at the Server, so that it can tell what nobody has asked for; not unless told. */
  readonly poll?: boolean;
  /** A person can type at it, on a page or by a command (C-37); yes unless told. */
  readonly hasUI?: boolean;
  /** Links that its radio can have at once, and the PAN's technology by name (C-29); "BLE" with one link unless told. */
  readonly pan?: { readonly links: number; readonly technology: string };
  /** What the PN GW tells its person, as it happens; never from within a call of `command` that has not returned. */
  notify?(notice: GatewayNotice): void;
}

/**
 * What a person, or a program for one, asks of the PN GW. Entity IDs and PN IDs are in hexadecimal. Passwords become the
 * PN GW's and are wiped. Errors that every command with credentials may end with: CredentialError.
 */
export type GatewayCommand =
  /** Its own EUKey by its owner's User ID and password (EUK-GW-04 … EUK-GW-13, C-37); replaces the one that it has. Errors: "gba.decides" (C-35). */
  | { readonly kind: "enrol"; readonly userID: Uint8Array; readonly password: Uint8Array }
  /** Its own EUKey by its UICC (EUK-GW-01, C-35). Errors: "gba.noUicc", GbaError. */
  | { readonly kind: "bootstrap" }
  /** Finishes an enrolment of its own that was cut between delivery and acknowledgement; nothing to do is no error. */
  | { readonly kind: "confirm" }
  /** Authenticates to the Server now (S3 1a-I, C-36). Errors: "auth.noKey", "auth.notTrusted", "result.gatewayNotEnrolled", "result.serverUnreachable". */
  | { readonly kind: "connect" }
  /**
   * Registers a User ID, or gives it a new password in place of `oldPassword` (REG-02, REG-10). Errors:
   * "result.refused" for a wrong old password or a User ID that nobody has, "result.busy", "result.serverUnreachable".
   */
  | {
      readonly kind: "register";
      readonly userID: Uint8Array;
      readonly password: Uint8Array;
      readonly oldPassword?: Uint8Array;
    }
  /**
   * Enrols a connected device without UI: by credentials where the PAN is secure by itself (SEC-04), else under its
   * Temporary Key (SEC-05); `how` insists on one. Errors beside those of `register`: "device.notThere", "device.busy",
   * "device.hasUI", "device.panNotSecure", "device.refused" (it has an owner, or no Temporary Key that the Server has), "device.twice", "timeout",
   * "linkLost".
   */
  | {
      readonly kind: "enrolDevice";
      readonly device: string;
      readonly userID: Uint8Array;
      readonly password: Uint8Array;
      readonly how?: "credentials" | "temporaryKey";
    }
  /** Asks a connected device what it can do (PNR-04). Errors: "device.notThere", "timeout", "linkLost". */
  | { readonly kind: "queryDevice"; readonly device: string }
  /** Lets a device's link go. Errors: "device.notThere". */
  | { readonly kind: "disconnect"; readonly device: string }
  /**
   * Invites devices into a PN (GWI-01); `alias`, 1 to 32 octets of UTF-8, is its label for people. Errors:
   * "result.declined" when nobody wants to or nobody is there, "pn.refused" when none of them has proven itself, and every
   * other Result of the Server.
   */
  | { readonly kind: "createPN"; readonly who: "all" | readonly string[]; readonly alias?: string }
  /**
   * A new firmware for a device, or for all that are in a PN or have a link; offered as soon as the device is in a PN of
   * this PN GW, over its protected link. Errors: "update.form"; "device.notThere" when "all" are none.
   */
  | { readonly kind: "update"; readonly device: "all" | string; readonly image: UpdateImage }
  /** Takes it back, as far as it is not done. Errors: "device.notThere" when there is none. */
  | { readonly kind: "cancelUpdate"; readonly device: "all" | string }
  /** Ends a PN for everybody. Errors: "pn.unknown". */
  | { readonly kind: "dissolvePN"; readonly pn: string }
  /** Takes a device out of a PN. Errors: "pn.unknown", "pn.notMember". */
  | { readonly kind: "removeMember"; readonly pn: string; readonly member: string }
  /**
   * Application data of the PN GW itself for a member, 1 to 1024 octets; ends when it has arrived. Errors:
   * "pn.unknown", "pn.notMember", "result.noRoute", "result.busy" while another one is on its way.
   */
  | { readonly kind: "send"; readonly pn: string; readonly to: string; readonly payload: Uint8Array }
  /**
   * A value of a topic that a member understands; ends when its application has taken it. Errors beside those of `send`:
   * "topic.unknown", "topic.kind", "result.notListed".
   */
  | {
      readonly kind: "sendTopic";
      readonly pn: string;
      readonly to: string;
      readonly topic: string;
      readonly value: Value;
    };

/** What a command ends with. */
export interface GatewayAnswers {
  readonly enrol: undefined;
  readonly bootstrap: undefined;
  readonly confirm: undefined;
  readonly connect: undefined;
  /** `sent` is all that a stranger learns: the name is his if it was free. */
  readonly register: Registered;
  readonly enrolDevice: undefined;
  readonly queryDevice: DeviceView;
  readonly disconnect: undefined;
  readonly createPN: GatewayPNView;
  /** Those of the devices that it is for, as they begin. */
  readonly update: readonly UpdateView[];
  readonly cancelUpdate: undefined;
  readonly dissolvePN: undefined;
  readonly removeMember: undefined;
  readonly send: undefined;
  readonly sendTopic: undefined;
}

/** What the PN GW tells unasked. */
export type GatewayNotice =
  /** Something that `view` shows has changed; one notice for all that changes together. */
  | { readonly kind: "changed" }
  /** A member has said something of a topic that it offers, to the PN GW or to all: each message once. */
  | {
      readonly kind: "topic";
      readonly pn: string;
      readonly from: string;
      readonly topic: string;
      readonly value: Value;
    };

/** A device with a link. */
export interface DeviceView {
  /** Entity ID; none before the device has said it. */
  readonly id?: string;
  readonly name?: string;
  /** Enough UI to type a User ID and password; false for a device that is enrolled at the PN GW. */
  readonly hasUI: boolean;
  /** Stays connected while idle, so that it can be invited. */
  readonly reachable: boolean;
  /** The PAN is secure by itself. */
  readonly panSecure: boolean;
  /** A session of its LocalEUKey protects the link. */
  readonly protected: boolean;
  /** Nothing is going on, and it is in no PN. */
  readonly idle: boolean;
  /** PN that it is in. */
  readonly pn?: string;
}

export interface TopicView extends Topic {
  /** What the member has last said of it to the PN GW; octets in hexadecimal. */
  readonly value?: number | boolean | string;
  /** When, by the PN GW's clock. */
  readonly at?: Milliseconds;
}

export interface MemberView {
  readonly id: string;
  readonly name?: string;
  /** False while its link is lost and it may come back. */
  readonly here: boolean;
  /** What it offers and understands (C-30). */
  readonly topics: readonly TopicView[];
}

export interface GatewayPNView {
  readonly id: string;
  readonly alias?: string;
  /** The PNE that has started it; none when the PN GW did. */
  readonly initiator?: string;
  readonly members: readonly MemberView[];
}

/** What the PN GW is, for pages, panels and sockets: never a key. */
export interface GatewayView {
  readonly entityID: string;
  readonly name?: string;
  readonly keys: "empty" | "staged" | "enrolled" | "replacing";
  /** Of the EUKey that stands. */
  readonly euKeyID?: string;
  readonly userID?: string;
  readonly uicc: boolean;
  readonly server: {
    readonly id: string;
    /** There is a session that works. */
    readonly authenticated: boolean;
    /** Another PN GW works with the same Entity ID and key: somebody has copied this one's state. */
    readonly keyShared?: true;
  };
  readonly devices: readonly DeviceView[];
  readonly pns: readonly GatewayPNView[];
  readonly updates: readonly UpdateView[];
}
