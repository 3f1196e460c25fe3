import type { KeyPress } from "../../../src/ui/keys.js";
import type { DrawItem } from "../../../src/ui/render.js";

/** What the panel needs of a running network; the network itself knows nothing of the panel. */
export interface PanelNetwork {
  readonly devices: readonly PanelDevice[];
  state(): NetworkState;
  /** The events so far (bounded), so that a reloaded page shows the whole story. */
  history(): readonly PanelEvent[];
  subscribe(listener: (event: PanelEvent) => void): () => void;
  press(deviceID: string, key: KeyPress): void;
  /** Applies a switch of the panel to a device or, for gateway and server switches, to the network. */
  fault(fault: Fault): void;
  /** What a person wants of the gateway; how it ended is told as a note. */
  gateway(wish: GatewayWish): void;
  /** Demo credentials, shown beside the device: the demo user is there to be typed. */
  readonly demo: { readonly userID: string; readonly password: string };
}

export interface PanelDevice {
  readonly id: string;
  readonly label: string;
  /** "none": a device without UI, which has neither keypad nor display. */
  readonly keypad: "matrix" | "keyboard" | "buttons" | "none";
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
  | { readonly kind: "rogueGateway"; readonly on: boolean }
  | { readonly kind: "serverUnreachable"; readonly on: boolean };

/** At the gateway: registration (REG-02), and the enrolment of a device without UI (SEC-04, SEC-05). */
export type GatewayWish =
  /** A network with all that are there (GWI-01), and the end of its networks. */
  | { readonly kind: "invite" }
  | { readonly kind: "end" }
  | {
      readonly kind: "register";
      readonly userID: string;
      readonly password: string;
      readonly oldPassword?: string;
    }
  | { readonly kind: "enrol"; readonly device: string; readonly userID: string; readonly password: string };

/** One line of the state view: "EUKey" "3f2a… committed, from password". Never a secret. */
export interface StateLine {
  readonly label: string;
  readonly value: string;
  readonly tone: "none" | "waiting" | "good" | "bad";
}

export interface NetworkState {
  readonly entities: readonly {
    readonly id: string;
    readonly label: string;
    readonly lines: readonly StateLine[];
  }[];
  readonly faults: { readonly rogueGateway: boolean; readonly serverUnreachable: boolean };
  readonly devices: readonly {
    readonly id: string;
    readonly powered: boolean;
    readonly connected: boolean;
    readonly inRange: boolean;
    /** How it is with the device, in a few words. */
    readonly summary: string;
    readonly tone: StateLine["tone"];
  }[];
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
      /** Id of the device that it belongs to. */
      readonly device: string | undefined;
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
  | { readonly kind: "screen"; readonly device: string; readonly draw: readonly DrawItem[] }
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
