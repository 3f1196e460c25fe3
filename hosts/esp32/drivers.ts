import type { KeyPress, Keypad } from "../../src/ui/keys.js";
import type { Screen } from "../../src/ui/screen.js";

/** What a display is to the firmware; a board without one has the null driver, whose kind is "none". */
export interface DisplayDriver {
  readonly kind: "320x240" | "128x64" | "none";
  /** Draws what changed since the last screen. Called often: at every key press and step of progress. */
  show(screen: Screen): void;
}

/** What a keypad is to the firmware; a board without one has the null driver, whose kind is "none". */
export interface KeypadDriver {
  readonly kind: Keypad | "none";
  /** Reports debounced presses from now on. Called once. */
  start(press: (key: KeyPress) => void): void;
}
