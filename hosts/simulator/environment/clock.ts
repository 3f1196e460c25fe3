import type { Clock, Timer } from "../../../src/ports.js";
import { Milliseconds } from "../../../src/units.js";

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/** 2026-01-01 UTC: virtual time has a calendar, so that Unix seconds in messages are believable. */
export const epoch = Milliseconds(Date.UTC(2026, 0, 1));

/**
 * Virtual time: events in order of time, then of their making, so that a run can be repeated octet for octet. Work
 * that is done in promises (the Server and its store) is tracked, and time stands until it has settled.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #queue: Entry[] = [];
  readonly #pending = new Set<Promise<unknown>>();

  constructor(start: Milliseconds = epoch) {
    this.#now = start;
  }

  now(): Milliseconds {
    return Milliseconds(this.#now);
  }

  after(delay: Milliseconds, fire: () => void): Timer {
    const entry: Entry = { at: this.#now + Math.max(0, delay), order: this.#order++, fire };
    let at = this.#queue.length;
    while (at > 0 && (this.#queue[at - 1] as Entry).at > entry.at) at--;
    this.#queue.splice(at, 0, entry);
    return {
      cancel: () => {
        const found = this.#queue.indexOf(entry);
        if (found >= 0) this.#queue.splice(found, 1);
      },
    };
  }

  /** Time stands until the promise has settled. A rejection ends the run. */
  track(work: Promise<unknown>): void {
    this.#pending.add(work);
    work.then(
      () => this.#pending.delete(work),
      () => {},
    );
  }

  async #settle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** Fires what is due until `time`, which it then is. */
  async runUntil(time: Milliseconds): Promise<void> {
    await this.#settle();
    for (let next = this.#queue[0]; next !== undefined && next.at <= time; next = this.#queue[0]) {
      this.#queue.shift();
      this.#now = next.at;
      next.fire();
      await this.#settle();
    }
    this.#now = Math.max(this.#now, time);
  }

  async runFor(duration: Milliseconds): Promise<void> {
    await this.runUntil(Milliseconds(this.#now + duration));
  }

  /** Runs until `condition` holds; false when `limit` passed first. */
  async runWhile(condition: () => boolean, limit: Milliseconds): Promise<boolean> {
    const until = this.#now + limit;
    await this.#settle();
    while (condition()) {
      const next = this.#queue[0];
      if (next === undefined || next.at > until) {
        this.#now = until;
        return false;
      }
      await this.runUntil(Milliseconds(next.at));
    }
    return true;
  }
}

/** The world's own time, for people. */
export class WallClock implements Clock {
  readonly #timers = new Set<NodeJS.Timeout>();

  now(): Milliseconds {
    return Milliseconds(Date.now());
  }

  after(delay: Milliseconds, fire: () => void): Timer {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      fire();
    }, delay);
    this.#timers.add(timer);
    return {
      cancel: () => {
        clearTimeout(timer);
        this.#timers.delete(timer);
      },
    };
  }

  track(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      throw error;
    });
  }

  /** Drops all timers, so that the process can end. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** A clock that waits for work done in promises. */
export type SimulatorClock = VirtualClock | WallClock;
