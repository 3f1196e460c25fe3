import type { Keypad } from "./keys.js";

/** What every screen of a device that is on tells beside its own matter. */
export interface ScreenStatus {
  readonly keypad: Keypad;
  readonly enrolled: boolean;
  /** "away": in a PN whose gateway is out of range; "secure": in a PN over a link that is protected. */
  readonly link: "none" | "open" | "secure" | "away";
  /** What has come in the meantime and waits to be read or answered. */
  readonly waiting: number;
}

/** A screen as data: what it says, not how it is drawn. Renderers differ by display, not by screen. */
export interface Screen {
  readonly id: string;
  readonly title: string;
  readonly tone: "normal" | "success" | "error";
  /** Paragraphs. */
  readonly lines: readonly string[];
  readonly field?: {
    readonly label: string;
    readonly text: string;
    readonly masked: boolean;
    readonly mode?: string;
    /** What each of three buttons takes: letters with gaps between them, or a word. */
    readonly groups?: readonly string[];
  };
  /** `label`: what to do meanwhile. */
  readonly progress?: { readonly label: string; readonly fraction?: number };
  /** `none` stands in an empty one. */
  readonly menu?: { readonly items: readonly string[]; readonly selected: number; readonly none?: string };
  readonly hint?: string;
  /** Labels of the soft keys A to D, or of the three buttons; "" has no function. */
  readonly softKeys: readonly string[];
  readonly status?: ScreenStatus;
}
