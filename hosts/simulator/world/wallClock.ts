import type { Clock, Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import { WorldError } from "./errors.js";

/** Node fires longer timeouts at once. */
const longestTimeout = 0x7fffffff;

export interface WallClockOptions {
  /** Milliseconds of this clock in one of the world's; 1 unless told. */
  readonly speed?: number;
}

/**
 * The world's own time, for people; steps of the calendar after its start do not reach it. `finished` resolves after
 * `stop` and rejects with the first error of an event or of tracked work, which stops the clock: if nobody waits for
 * it, the process ends with that error.
 */
export class WallClock implements Clock {
  readonly finished: Promise<void>;
  readonly #speed: number;
  readonly #start = Date.now();
  readonly #started = performance.now();
  readonly #timers = new Set<NodeJS.Timeout>();
  #end: ((failure?: { readonly error: unknown }) => void) | undefined;

  constructor({ speed = 1 }: WallClockOptions = {}) {
    if (!(speed > 0 && speed < Number.POSITIVE_INFINITY)) throw new RangeError(`speed ${speed}`);
    this.#speed = speed;
    this.finished = new Promise((resolve, reject) => {
      this.#end = (failure) => (failure === undefined ? resolve() : reject(failure.error));
    });
  }

  now(): Milliseconds {
    return Milliseconds(Math.floor(this.#start + (performance.now() - this.#started) * this.#speed));
  }

  /** Nothing more fires once the clock has stopped. Throws WorldError("clock.delay"). */
  after(delay: Milliseconds, fire: () => unknown): Timer {
    if (!Number.isFinite(delay)) throw new WorldError("clock.delay", String(delay));
    const due = this.now() + Math.max(0, delay);
    let timer: NodeJS.Timeout | undefined;
    const arm = (): void => {
      if (this.#end === undefined) return;
      const left = Math.min(longestTimeout, Math.ceil(Math.max(0, due - this.now()) / this.#speed));
      const armed = setTimeout(() => {
        this.#timers.delete(armed);
        // Timeouts fire up to a millisecond early, and long ones in stages.
        if (this.now() < due) arm();
        else this.#fire(fire);
      }, left);
      timer = armed;
      this.#timers.add(armed);
    };
    arm();
    return {
      cancel: () => {
        if (timer === undefined) return;
        clearTimeout(timer);
        this.#timers.delete(timer);
      },
    };
  }

  /** Its rejection stops the clock; time does not wait for it. */
  track(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#stop({ error }));
  }

  /** Drops all timers, so that the process can end. */
  stop(): void {
    this.#stop(undefined);
  }

  #fire(fire: () => unknown): void {
    try {
      const result = fire();
      if (result instanceof Promise) this.track(result);
    } catch (error) {
      this.#stop({ error });
    }
  }

  #stop(failure: { readonly error: unknown } | undefined): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#end?.(failure);
    this.#end = undefined;
  }
}
