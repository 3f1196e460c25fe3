import { now } from "./host.js";

/** The SDK's `time` and `timer`, for a program without its event loop. */
export const Time = Object.freeze({
  get ticks(): number {
    return now() | 0;
  },
});

interface Pending {
  readonly at: number;
  readonly callback: () => void;
  readonly interval: number | undefined;
}

export class Timers {
  readonly #pending: Pending[] = [];

  set(callback: () => void, interval: number): Pending {
    return this.#add({ at: now() + interval, callback, interval: undefined });
  }

  repeat(callback: () => void, interval: number): Pending {
    return this.#add({ at: now() + interval, callback, interval });
  }

  clear(timer: Pending): void {
    const at = this.#pending.findIndex((one) => one.callback === timer.callback);
    if (at >= 0) this.#pending.splice(at, 1);
  }

  #add(timer: Pending): Pending {
    const at = this.#pending.findIndex((one) => one.at > timer.at);
    this.#pending.splice(at < 0 ? this.#pending.length : at, 0, timer);
    return timer;
  }

  /** Fires the first that is due; milliseconds until the next one is, or a second. */
  fire(): number {
    const first = this.#pending[0];
    if (first !== undefined && first.at <= now()) {
      this.#pending.shift();
      if (first.interval !== undefined) this.#add({ ...first, at: now() + first.interval });
      first.callback();
    }
    const next = this.#pending[0];
    return next === undefined ? 1_000 : Math.max(0, next.at - now());
  }
}
