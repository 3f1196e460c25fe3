import type { Clock } from "../base/ports.js";
import { Seconds, toSeconds } from "../base/units.js";
import type { KeyStore } from "../keystore/keystore.js";

/** 2020-01-01: a clock that says less has no calendar, and counts from its own start. */
export const leastCalendar = Seconds(1_577_836_800);

/**
 * A time that is over for certain: now, where the device has a calendar; else the time at which its EUKey was made, by the
 * Server's clock. Whatever expires before that has expired.
 */
export function atLeast(clock: Pick<Clock, "now">, store: Pick<KeyStore, "facts">): Seconds {
  const now = toSeconds(clock.now());
  const made = Seconds(store.facts.committed?.createdAt ?? 0);
  return now >= leastCalendar && now > made ? now : made;
}
