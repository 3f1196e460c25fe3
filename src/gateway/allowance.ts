import type { Clock } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";

export interface AllowanceRule {
  /** So many at once, */
  readonly burst: number;
  /** and one more after each such time. */
  readonly every: Milliseconds;
}

/** How often something may be begun: a bucket of tokens. */
export class Allowance {
  readonly #clock: Pick<Clock, "now">;
  readonly #rule: AllowanceRule;
  /** When the bucket was full, or would have been. */
  #fullAt: number;

  constructor(clock: Pick<Clock, "now">, rule: AllowanceRule) {
    this.#clock = clock;
    this.#rule = rule;
    this.#fullAt = clock.now();
  }

  /** After which time it may be begun; undefined, and nothing is taken, when that is longer than `patience`. */
  take(patience = Milliseconds(0)): Milliseconds | undefined {
    const { burst, every } = this.#rule;
    const now = this.#clock.now();
    // A clock that was set back makes nobody wait longer than for one whole bucket and those who wait for theirs.
    this.#fullAt = Math.min(Math.max(this.#fullAt, now), now + burst * every + patience);
    const wait = Math.max(0, this.#fullAt - now - (burst - 1) * every);
    if (wait > patience) return undefined;
    this.#fullAt += every;
    return Milliseconds(wait);
  }
}
