import type { Point } from "../../../src/device/display/colour/touchKeypad.js";
import type { KeyPress } from "../../../src/ui/keys.js";
import type { Screen } from "../../../src/ui/screen.js";
import type { SentPicture } from "../display/sent.js";
import type { ApplicationName } from "./applications.js";
import type { BoardName } from "./boards.js";

/** What the panel needs of a running network; the network itself knows nothing of the panel. */
export interface PanelNetwork {
  readonly devices: readonly PanelDevice[];
  state(): NetworkState;
  /** The events so far (bounded), so that a reloaded page shows the whole story. */
  history(): readonly PanelEvent[];
  /** What every display shows now, for a page that has just been loaded. */
  screens(): readonly PanelEvent[];
  subscribe(listener: (event: PanelEvent) => void): () => void;
  press(deviceID: string, key: KeyPress): void;
  /** A finger on a device's display, in its pixels; undefined when it leaves. */
  touch(deviceID: string, point: Point | undefined): void;
  /** Applies a switch of the panel to a device or, for gateway and server switches, to the network. */
  fault(fault: Fault): void;
  /** What a person wants of the gateway, and how it ended. */
  gateway(wish: GatewayWish): Promise<Outcome>;
  /** Demo credentials, shown beside the device: the demo user is there to be typed. */
  readonly demo: { readonly userID: string; readonly password: string };
}

export interface PanelDevice {
  readonly id: string;
  readonly label: string;
  /** Its PAN is secure by itself. */
  readonly secure: boolean;
}

/** The first thing that a page is told. */
export interface PanelHello {
  readonly kind: "hello";
  readonly devices: readonly PanelDevice[];
  readonly demo: PanelNetwork["demo"];
}

export type Fault =
  | { readonly kind: "dropLink"; readonly device: string }
  | { readonly kind: "cutPower"; readonly device: string }
  | { readonly kind: "powerOn"; readonly device: string }
  | { readonly kind: "forgetKeys"; readonly device: string }
  | { readonly kind: "outOfRange"; readonly device: string; readonly on: boolean }
  /** Another display and keypad for the same device, which starts anew. */
  | { readonly kind: "board"; readonly device: string; readonly board: BoardName }
  /** Another application for the same device, which starts anew. */
  | { readonly kind: "application"; readonly device: string; readonly application: ApplicationName }
  | { readonly kind: "rogueGateway"; readonly on: boolean }
  | { readonly kind: "serverUnreachable"; readonly on: boolean };

/** At the gateway: registration (REG-02), the enrolment of a device without UI (SEC-04, SEC-05), networks, firmware. */
export type GatewayWish =
  /** A network with all that are there (GWI-01), and the end of one, by its PN ID in hexadecimal. */
  | { readonly kind: "invite" }
  | { readonly kind: "end"; readonly network: string }
  /** Firmware that is newer than the device's. */
  | { readonly kind: "update"; readonly device: string }
  | {
      readonly kind: "register";
      readonly userID: string;
      readonly password: string;
      readonly oldPassword?: string;
    }
  | { readonly kind: "enrol"; readonly device: string; readonly userID: string; readonly password: string };

/** How something has come out, in words. */
export interface Outcome {
  readonly text: string;
  readonly failed: boolean;
}

/** One line of the state view: "EUKey" "3f2a… committed, from password". Never a secret. */
export interface StateLine {
  readonly label: string;
  readonly value: string;
  readonly tone: "none" | "waiting" | "good" | "bad";
}

export interface DeviceState {
  readonly id: string;
  readonly board: BoardName;
  /** What it is for. */
  readonly application: ApplicationName;
  readonly powered: boolean;
  readonly connected: boolean;
  readonly inRange: boolean;
  /** It has an EUKey. */
  readonly enrolled: boolean;
  /** It is in a PN. */
  readonly joined: boolean;
  /** How it is with the device, in a few words. */
  readonly summary: string;
  readonly tone: StateLine["tone"];
}

export interface NetworkState {
  readonly entities: readonly {
    readonly id: string;
    readonly label: string;
    readonly lines: readonly StateLine[];
  }[];
  readonly faults: { readonly rogueGateway: boolean; readonly serverUnreachable: boolean };
  readonly devices: readonly DeviceState[];
  /** The PNs of the gateway: PN ID in hexadecimal, and what people call it. */
  readonly networks: readonly { readonly id: string; readonly label: string }[];
  /** The Server's audit log, newest last. */
  readonly audit: readonly string[];
}

/** The columns of the sequence chart. */
export type Party = "PNE" | "PN GW" | "Server";

export type PanelEvent =
  | {
      readonly kind: "message";
      /** Milliseconds since the network started. */
      readonly at: number;
      readonly from: Party;
      readonly to: Party;
      /** Ids of the devices that it is about; none for what is the gateway's own. */
      readonly devices: readonly string[];
      readonly name: string;
      /** Step of the documents ("PNI-04b"), where it is one. */
      readonly step?: string;
      /** Octets on the wire, and fragments on the radio (0 on the backhaul). */
      readonly octets: number;
      readonly fragments: number;
      /** Key that protected it ("LocalEUKey session", "PN GW session"), when any. */
      readonly protectedBy: string | undefined;
      /** Decoded fields; wrapped keys and proofs are shown as lengths, secrets never. */
      readonly fields: readonly { readonly name: string; readonly value: string }[];
    }
  /** What a display says: for who cannot see its picture, and for the labels of its keys. */
  | { readonly kind: "screen"; readonly device: string; readonly screen: Screen }
  /** What a display shows; nothing without power. */
  | { readonly kind: "picture"; readonly device: string; readonly picture: SentPicture | undefined }
  | { readonly kind: "state"; readonly state: NetworkState }
  /** Something that a person wants to know: link up or down, power cut, key committed, error with its code. */
  | {
      readonly kind: "note";
      readonly at: number;
      readonly party: Party;
      /** Id of the device that it belongs to. */
      readonly device?: string;
      readonly tone: "info" | "good" | "bad";
      readonly text: string;
    };
