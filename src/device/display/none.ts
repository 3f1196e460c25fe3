import type { Screen } from "../../ui/screen.js";
import type { Display, DisplayState } from "./display.js";

const none: DisplayState = Object.freeze({ is: "absent", why: "none fitted" });

/** A board without a display: a state that is told, and a device that works without. */
export class NoDisplay implements Display {
  readonly kind = "none";
  readonly state = none;

  show(_screen: Screen): void {}
}
