import { Milliseconds } from "../../base/units.js";

/** How failed attempts are slowed down on the PNE; the Server has budgets (src/database/budgets). */
export interface ThrottleRule {
  /** Failures without any delay. */
  readonly free: number;
  readonly first: Milliseconds;
  readonly most: Milliseconds;
}

/** On the PNE: free tries, then a delay that doubles (persisted over restarts). */
export const pneRule: ThrottleRule = Object.freeze({
  free: 2,
  first: Milliseconds(5_000),
  most: Milliseconds(300_000),
});

/** The delay before the next attempt after so many failures in a row. */
export function delayAfter(failures: number, rule: ThrottleRule): Milliseconds {
  if (failures <= rule.free) return Milliseconds(0);
  // 2^20 times any first delay is beyond every `most`: the exponent is bounded, so the product stays exact.
  const doubled = rule.first * 2 ** Math.min(failures - rule.free - 1, 20);
  return Milliseconds(Math.min(doubled, rule.most));
}
