import type { Screen } from "../../ui/screen.js";
import type { Light } from "../rest.js";

/** Its size in pixels; "none" for what nobody can read. */
export type DisplayKind = "320x240" | "240x135" | "128x64" | "none";

/** What a display is now; `why` is for the log and the diagnostics. */
export type DisplayState =
  | { readonly is: "ready" }
  /** It has never answered. */
  | { readonly is: "absent"; readonly why: string }
  /** It has, and does not any more; each screen that is shown tries again. */
  | { readonly is: "lost"; readonly why: string };

/** A display of any size class. No call of it throws: what is wrong is its state. */
export interface Display {
  /** "none" as long as it is absent: a device that cannot be read is one without UI, and enrolled at its gateway. */
  readonly kind: DisplayKind;
  readonly state: DisplayState;
  /** Draws what differs from the screen before. */
  show(screen: Screen): void;
  /** Where its light can be changed. */
  readonly light?: (light: Light) => void;
}

/** What the last `show` has cost, for the bench. */
export interface Redraw {
  /** Areas that were sent. */
  readonly areas: number;
  readonly pixels: number;
}

export const ready: DisplayState = Object.freeze({ is: "ready" });
