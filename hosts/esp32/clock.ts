import type { Clock, Timer } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";

/** What is needed of the SDK's `timer` and `time`. */
export interface SdkTime {
  readonly Timer: {
    set(callback: () => void, interval: number): unknown;
    clear(timer: never): void;
  };
  readonly Time: { readonly ticks: number };
}

/** The SDK's timers take 31 bits; what waits longer is set again. */
const longest = 0x3fffffff;

/** Milliseconds since the boot. The SDK's ticks have 32 bits and are asked at least at every timer. */
export class DeviceClock implements Clock {
  readonly #sdk: SdkTime;
  #last: number;
  #now = 0;

  constructor(sdk: SdkTime) {
    this.#sdk = sdk;
    this.#last = sdk.Time.ticks;
  }

  now(): Milliseconds {
    const ticks = this.#sdk.Time.ticks;
    // Ticks may be signed, unsigned or, on a computer, far beyond 32 bits: their difference is the same.
    this.#now += (ticks - this.#last) >>> 0;
    this.#last = ticks;
    return Milliseconds(this.#now);
  }

  after(delay: Milliseconds, fire: () => void): Timer {
    let timer: unknown;
    const arm = (left: number): void => {
      const step = Math.min(Math.max(left, 0), longest);
      timer = this.#sdk.Timer.set(() => {
        timer = undefined;
        this.now();
        if (left > step) arm(left - step);
        else fire();
      }, step);
    };
    arm(Math.ceil(delay));
    return {
      cancel: () => {
        if (timer !== undefined) this.#sdk.Timer.clear(timer as never);
        timer = undefined;
      },
    };
  }
}
