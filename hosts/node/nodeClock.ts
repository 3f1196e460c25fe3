import type { Clock, Timer } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";

/** Node fires longer timeouts at once. */
const longestTimeout = 0x7fffffff;

/**
 * The machine's calendar and timers. What a timer throws is reported, and ends no process: one link's fault must not be
 * everybody's.
 */
export class NodeClock implements Clock {
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  now(): Milliseconds {
    return Milliseconds(Date.now());
  }

  after(delay: Milliseconds, fire: () => void): Timer {
    let left = Math.max(0, delay);
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const span = Math.min(left, longestTimeout);
      left -= span;
      timer = setTimeout(() => {
        if (left > 0) return arm();
        try {
          fire();
        } catch (error) {
          this.#failed(error);
        }
      }, span);
    };
    arm();
    return { cancel: () => clearTimeout(timer) };
  }
}
