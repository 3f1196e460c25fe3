import type { Timer } from "../../src/base/ports.js";
import type { Milliseconds } from "../../src/base/units.js";
import type { Ticker } from "../../src/device/keypad/keypad.js";

/** What is needed of the SDK's `timer`. */
export interface SdkRepeater {
  repeat(callback: () => void, interval: number): unknown;
  clear(timer: never): void;
}

/** The SDK's repeating timers, for keypads that are looked at. */
export class Ticks implements Ticker {
  readonly #timer: SdkRepeater;

  constructor(timer: SdkRepeater) {
    this.#timer = timer;
  }

  every(period: Milliseconds, work: () => void): Timer {
    const timer = this.#timer.repeat(work, period);
    return { cancel: () => this.#timer.clear(timer as never) };
  }
}
