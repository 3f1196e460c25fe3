import type { Clock } from "../base/ports.js";
import type { Milliseconds } from "../base/units.js";

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

  /** False when there is none left. */
  take(): boolean {
    const { burst, every } = this.#rule;
    const now = this.#clock.now();
    // A clock that was set back makes nobody wait longer than for one whole bucket.
    this.#fullAt = Math.min(Math.max(this.#fullAt, now), now + burst * every);
    if (this.#fullAt - now > (burst - 1) * every) return false;
    this.#fullAt += every;
    return true;
  }
}
