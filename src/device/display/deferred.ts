import type { Clock, Timer } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import type { Screen } from "../../ui/screen.js";
import type { Light } from "../rest.js";
import type { Display, DisplayState } from "./display.js";

/**
 * Draws when the work that has led to a screen is over: with all of a small stack, and once where that work shows
 * several screens in a row, as a touch of a menu's last row does.
 */
export class DeferredDisplay implements Display {
  readonly #display: Display;
  readonly #clock: Clock;
  readonly light?: (light: Light) => void;
  #next: Screen | undefined;
  #timer: Timer | undefined;

  constructor(display: Display, clock: Clock) {
    this.#display = display;
    this.#clock = clock;
    if (display.light !== undefined) this.light = display.light;
  }

  get kind(): Display["kind"] {
    return this.#display.kind;
  }

  get state(): DisplayState {
    return this.#display.state;
  }

  show(screen: Screen): void {
    this.#next = screen;
    this.#timer ??= this.#clock.after(Milliseconds(0), () => this.flush());
  }

  /** Draws now what is due, as before a restart. */
  flush(): void {
    const screen = this.#next;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#next = undefined;
    if (screen !== undefined) this.#display.show(screen);
  }
}
