import type { Milliseconds } from "../../base/units.js";
import { toSeconds } from "../../base/units.js";
import { localKeyLifetime } from "./messages.js";

/**
 * When a LocalEUKey that has just come ends by the PN GW's calendar, Unix seconds. By one that is ahead of the Server's it
 * would be over before its time, and asked for again at once: it has its whole time from now on, at least.
 */
export function endOfNewKey(expiresAt: number, now: Milliseconds): number {
  return Math.max(expiresAt, toSeconds(now) + localKeyLifetime);
}

/** Of one that was kept over a start: a calendar by which it is over may be wrong, and gives it its time once more. */
export function endOfKeptKey(expiresAt: number, now: Milliseconds): number {
  return expiresAt > toSeconds(now) ? expiresAt : endOfNewKey(expiresAt, now);
}
