interface Planned {
  at: number;
  readonly period: number | undefined;
  work(): void;
}

/** The process's timers in the hand of a test, for libraries that take them from nowhere else. Sockets go on as ever. */
export class FakeTimers {
  readonly #before = { setTimeout, setInterval, clearTimeout, clearInterval };
  readonly #planned = new Set<Planned>();
  #now = 0;

  constructor() {
    const plan = (work: (...args: unknown[]) => void, delay = 1, period?: number, args: unknown[] = []) => {
      const one = { at: this.#now + Math.max(1, delay), period, work: () => work(...args) };
      this.#planned.add(one);
      return Object.assign(one, { ref: () => one, unref: () => one, hasRef: () => false });
    };
    type Work = (...args: unknown[]) => void;
    const clear = (one: unknown): void => void this.#planned.delete(one as Planned);
    Object.assign(globalThis, {
      setTimeout: (work: Work, delay?: number, ...args: unknown[]) => plan(work, delay, undefined, args),
      setInterval: (work: Work, delay = 1, ...args: unknown[]) => plan(work, delay, Math.max(1, delay), args),
      clearTimeout: clear,
      clearInterval: clear,
    });
  }

  /** So many milliseconds pass at once. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = next.at;
      if (next.period === undefined) this.#planned.delete(next);
      else next.at += next.period;
      next.work();
    }
    this.#now = end;
  }

  #next(end: number): Planned | undefined {
    return [...this.#planned].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }

  restore(): void {
    Object.assign(globalThis, this.#before);
  }
}
