import type { Clock, Timer } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import { xs } from "./host.js";

interface Pending {
  readonly at: number;
  readonly fire: () => void;
}

/** Timers on the XS host: real time while frames come and go, else virtual, where waiting costs nothing. */
export class HostClock implements Clock {
  readonly #pending = new Set<Pending>();
  #virtual = 0;

  constructor(readonly real: boolean) {}

  now(): Milliseconds {
    return Milliseconds(this.real ? Math.floor(xs.monotonic()) : this.#virtual);
  }

  after(delay: Milliseconds, fire: () => void): Timer {
    const pending = { at: this.now() + delay, fire };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  #next(): Pending | undefined {
    let next: Pending | undefined;
    for (const one of this.#pending) if (next === undefined || one.at < next.at) next = one;
    return next;
  }

  /** For hostTick: fires one timer when it is due; milliseconds until the next, −1 when there is none. */
  tick(): number {
    const next = this.#next();
    if (next === undefined) return -1;
    if (!this.real) this.#virtual = Math.max(this.#virtual, next.at);
    if (next.at <= this.now()) {
      this.#pending.delete(next);
      next.fire();
    }
    const following = this.#next();
    return following === undefined ? -1 : Math.max(0, following.at - this.now());
  }
}
