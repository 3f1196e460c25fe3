import type { Milliseconds } from "../../base/units.js";
import { toSeconds } from "../../base/units.js";
import { localKeyLifetime } from "./messages.js";

/**
 * When a LocalEUKey that the Server has just made ends by the PN GW's calendar, Unix seconds. By one that is ahead by more
 * than its lifetime it would be over before it is used: it then has its whole time from now on.
 */
export function endsByOwnCalendar(expiresAt: number, now: Milliseconds): number {
  const own = toSeconds(now);
  return expiresAt > own ? expiresAt : own + localKeyLifetime;
}
