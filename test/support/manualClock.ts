import type { Clock, Timer } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";

interface Pending {
  readonly at: number;
  readonly fire: () => void;
}

/** Time that passes when the test says so. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #pending = new Set<Pending>();

  now(): Milliseconds {
    return Milliseconds(this.#now);
  }

  after(delay: Milliseconds, fire: () => void): Timer {
    const pending = { at: this.#now + delay, fire };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  /** Timers that would still fire. */
  get armed(): number {
    return this.#pending.size;
  }

  /** Lets time pass and fires what falls due, in order. */
  advance(by: Milliseconds): void {
    const until = this.#now + by;
    for (;;) {
      let next: Pending | undefined;
      for (const one of this.#pending) {
        if (one.at <= until && (next === undefined || one.at < next.at)) next = one;
      }
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#now = next.at;
      next.fire();
    }
    this.#now = until;
  }
}
