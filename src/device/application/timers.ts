import type { Clock, Timer } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { ApplicationError } from "./application.js";

/** Milliseconds. */
const shortestPeriod = 100;
const maximumTimers = 16;

/** The timers of an application, so that none is left when it stops. */
export class Timers {
  readonly #clock: Clock;
  readonly #run: (work: () => void) => void;
  readonly #open = new Set<Timer>();

  /** `run` does the application's work, and sees to what it throws. */
  constructor(clock: Clock, run: (work: () => void) => void) {
    this.#clock = clock;
    this.#run = run;
  }

  /** Throws ApplicationError("application.timers"). */
  after(delay: number, work: () => void): Timer {
    const open = this.#open;
    if (open.size >= maximumTimers) throw new ApplicationError("application.timers");
    const timer = this.#clock.after(Milliseconds(delay), () => {
      open.delete(own);
      this.#run(work);
    });
    const own = {
      cancel: () => {
        open.delete(own);
        timer.cancel();
      },
    };
    open.add(own);
    return own;
  }

  /** Throws ApplicationError("application.timers"). */
  every(period: number, work: () => void): Timer {
    const wait = Math.max(period, shortestPeriod);
    const again = (): void => {
      timer = this.after(wait, again);
      work();
    };
    let timer = this.after(wait, again);
    return { cancel: () => timer.cancel() };
  }

  clear(): void {
    this.#open.forEach((timer) => {
      timer.cancel();
    });
  }
}
