import type { Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import {
  type Keypad,
  type KeypadState,
  type OnKey,
  ready,
  reasonOf,
  stopped,
  type Ticker,
} from "../../../src/device/keypad/keypad.js";
import type { Button, ButtonSource } from "./buttons.js";
import { KeyScan, scanTiming } from "./keyScan.js";

/** Nobody holds a button for so long by accident. */
export const eraseTime = Milliseconds(10_000);
/** Looked at so seldom, it keeps no processor awake. */
const timing = Object.freeze({
  ...scanTiming,
  period: Milliseconds(100),
  debounce: Milliseconds(200),
  long: eraseTime,
});

/** The one button of a board that has nothing to type on: held for ten seconds it erases everything. */
export class OneButton implements Keypad {
  readonly kind = "none";
  readonly #source: ButtonSource;
  readonly #ticker: Ticker;
  #state: KeypadState = stopped;
  #button: Button | undefined;
  #timer: Timer | undefined;

  constructor(source: ButtonSource, ticker: Ticker) {
    this.#source = source;
    this.#ticker = ticker;
  }

  get state(): KeypadState {
    return this.#state;
  }

  start(onKey: OnKey): void {
    this.stop();
    try {
      this.#button = this.#source();
    } catch (error) {
      this.#state = { is: "absent", why: reasonOf(error) };
      return;
    }
    const scan = new KeyScan({ timing, on: "up" }, (_key, long) => {
      if (long) onKey({ kind: "button", button: "right", long });
    });
    this.#state = ready;
    this.#timer = this.#ticker.every(timing.period, () =>
      scan.sample(this.#button?.pressed() === true ? 1 : 0),
    );
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#button?.close();
    this.#button = undefined;
    this.#state = stopped;
  }
}
