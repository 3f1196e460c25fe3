import type { Clock, Timer } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";

/** Node fires longer timeouts at once. */
const longestTimeout = 0x7fffffff;

/**
 * The calendar as it stands now, and the time that passes from then on, milliseconds: who measures intervals by it (pauses,
 * sessions, whom to connect to and when) is not stopped for an hour or a year because somebody, or NTP, sets the calendar.
 */
export function steadyTime(): () => number {
  const start = Date.now() - performance.now();
  return () => Math.floor(start + performance.now());
}

/**
 * The machine's calendar, or another time, and its timers. What a timer throws is reported, and ends no process: one link's fault must not be
 * everybody's.
 */
export class NodeClock implements Clock {
  readonly #failed: (error: unknown) => void;
  readonly #now: () => number;

  constructor(failed: (error: unknown) => void, now: () => number = () => Date.now()) {
    this.#failed = failed;
    this.#now = now;
  }

  now(): Milliseconds {
    return Milliseconds(this.#now());
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
