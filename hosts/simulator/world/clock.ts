import type { Clock, Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import { WorldError } from "./errors.js";
import { EventQueue } from "./eventQueue.js";
import type { WallClock } from "./wallClock.js";

export { WallClock } from "./wallClock.js";

/** A clock that waits for work done in promises. */
export type SimulatorClock = VirtualClock | WallClock;

/** 2026-01-01 UTC: virtual time has a calendar, so that Unix seconds in messages are believable. */
export const epoch = Milliseconds(Date.UTC(2026, 0, 1));

/** Comes after everything that settled promises set off, however long the chain. */
const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Virtual time: events in order of time, then of their making, so that a run can be repeated octet for octet. After
 * each event, and after the promises that an `async` event or `track` made known, time stands until all that follows
 * from them has settled. What an event throws, or a tracked promise rejects with, rejects the run.
 */
export class VirtualClock implements Clock {
  #now: number;
  readonly #queue = new EventQueue();
  readonly #pending = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #running = false;

  constructor(start: Milliseconds = epoch) {
    this.#now = start;
  }

  now(): Milliseconds {
    return Milliseconds(this.#now);
  }

  /**
   * Whole milliseconds, as clocks of devices and machines count them. Throws WorldError("clock.delay") for what is no number
   * of them; negative delays are 0.
   */
  after(delay: Milliseconds, fire: () => void): Timer {
    if (!Number.isFinite(delay)) throw new WorldError("clock.delay", String(delay));
    const event = this.#queue.add(this.#now + Math.max(0, Math.ceil(delay)), fire);
    return { cancel: () => this.#queue.cancel(event) };
  }

  /** Time stands until the promise has settled. Its rejection rejects the run, once. */
  track(work: Promise<unknown>): void {
    const settled: Promise<void> = work.then(
      () => void this.#pending.delete(settled),
      (error: unknown) => {
        this.#pending.delete(settled);
        this.#failure ??= { error };
      },
    );
    this.#pending.add(settled);
  }

  /** Lets time pass without events, as a suspended machine does: what fell due fires late, in its order. */
  advance(duration: Milliseconds): void {
    this.#now += Math.max(0, duration);
  }

  /** Fires what is due until `time`, which it then is. */
  async runUntil(time: Milliseconds): Promise<void> {
    await this.#run(time, () => true);
    this.#now = Math.max(this.#now, time);
  }

  async runFor(duration: Milliseconds): Promise<void> {
    await this.runUntil(Milliseconds(this.#now + duration));
  }

  /** Runs until no event is left; false when `limit` passed first. */
  async runUntilIdle(limit: Milliseconds): Promise<boolean> {
    const until = this.#now + limit;
    await this.#run(until, () => true);
    if (this.#queue.next() === undefined) return true;
    this.#now = until;
    return false;
  }

  /** Runs for as long as `condition` holds; false when `limit` passed first. */
  async runWhile(condition: () => boolean, limit: Milliseconds): Promise<boolean> {
    const until = this.#now + limit;
    await this.#run(until, condition);
    if (!condition()) return true;
    this.#now = Math.max(this.#now, until);
    return false;
  }

  async #run(until: number, condition: () => boolean): Promise<void> {
    if (this.#running) throw new WorldError("clock.running");
    this.#running = true;
    try {
      await this.#settle();
      for (;;) {
        const at = this.#queue.next();
        if (at === undefined || at > until || !condition()) return;
        this.#now = Math.max(this.#now, at);
        const result = this.#queue.take()?.();
        if (result instanceof Promise) this.track(result);
        await this.#settle();
      }
    } finally {
      this.#running = false;
    }
  }

  async #settle(): Promise<void> {
    do {
      await Promise.all(this.#pending);
      await macrotask();
    } while (this.#pending.size > 0);
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }
}
