import { Milliseconds } from "../../base/units.js";

/** How failed attempts are slowed down: never a hard lock, so that an attacker cannot lock the owner out. */
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

/** On the Server, for one User ID through one PN GW. */
export const serverRule: ThrottleRule = Object.freeze({
  free: 3,
  first: Milliseconds(5_000),
  most: Milliseconds(300_000),
});

/** On the Server, for one User ID from everywhere: a small budget against guessing through many gateways. */
export const serverGlobalRule: ThrottleRule = Object.freeze({
  free: 20,
  first: Milliseconds(1_000),
  most: Milliseconds(60_000),
});

/** On the Server, for registrations through one PN GW: a family at once, and no survey of names. */
export const registrationRule: ThrottleRule = Object.freeze({
  free: 10,
  first: Milliseconds(5_000),
  most: Milliseconds(300_000),
});
/** After so long without a registration a PN GW starts again. */
export const registrationWindow = Milliseconds(3_600_000);

/** The delay before the next attempt after so many failures in a row. */
export function delayAfter(failures: number, rule: ThrottleRule): Milliseconds {
  if (failures <= rule.free) return Milliseconds(0);
  // 2^20 times any first delay is beyond every `most`: the exponent is bounded, so the product stays exact.
  const doubled = rule.first * 2 ** Math.min(failures - rule.free - 1, 20);
  return Milliseconds(Math.min(doubled, rule.most));
}
