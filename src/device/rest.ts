import type { Clock, Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import type { KeyPress } from "../ui/keys.js";

/** How bright a display is; a dark one shows nothing. */
export type Light = "full" | "dim" | "dark";

/** Without a key. What is secret has left the screen before it gets dark (`secretTime` of the UI). */
export const dimTime = Milliseconds(30_000);
export const darkTime = Milliseconds(120_000);

/** Dims a display that nobody uses, then switches it off; a key on a dark one wakes it, and does nothing else. */
export class Rest {
  readonly #clock: Clock;
  readonly #become: (light: Light) => void;
  readonly #darkens: () => boolean;
  #light: Light = "full";
  #timer: Timer | undefined;
  #waking = false;

  /** `darkens`: false where no key could wake the display. */
  constructor(clock: Clock, become: (light: Light) => void, darkens: () => boolean) {
    this.#clock = clock;
    this.#become = become;
    this.#darkens = darkens;
    this.wake();
  }

  /** Somebody is there, or has to come. True when the display was dark. */
  wake(): boolean {
    const dark = this.#light === "dark";
    this.#set("full");
    this.#after(dimTime, () => {
      this.#set("dim");
      this.#after(Milliseconds(darkTime - dimTime), () => {
        if (this.#darkens()) this.#set("dark");
      });
    });
    return dark;
  }

  /** True when the press only wakes. Held on, a key that has woken is the same press. */
  press(press: KeyPress): boolean {
    const goesOn = press.kind === "matrix" ? press.long : press.kind === "button" && press.repeat;
    if (this.wake()) this.#waking = true;
    else if (goesOn !== true) this.#waking = false;
    return this.#waking;
  }

  #set(light: Light): void {
    if (light === this.#light) return;
    this.#light = light;
    this.#become(light);
  }

  #after(delay: Milliseconds, work: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(delay, work);
  }
}
