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
    return new DeviceTimer(this, this.#sdk.Timer, Math.ceil(delay), fire);
  }
}

/** One object and one function, and one call: some timers run all the time, and what they hold is slots. */
class DeviceTimer implements Timer {
  readonly #sdk: SdkTime["Timer"];
  #timer: unknown;

  constructor(clock: DeviceClock, sdk: SdkTime["Timer"], delay: number, fire: () => void) {
    let left = delay - longest;
    const fired = (): void => {
      this.#timer = undefined;
      clock.now();
      if (left > 0) {
        this.#timer = sdk.set(fired, Math.min(left, longest));
        left -= longest;
      } else fire();
    };
    this.#sdk = sdk;
    this.#timer = sdk.set(fired, Math.min(Math.max(delay, 0), longest));
  }

  cancel(): void {
    if (this.#timer !== undefined) this.#sdk.clear(this.#timer as never);
    this.#timer = undefined;
  }
}
