import { equalBytes } from "../base/octets.js";
import type { Milliseconds } from "../base/units.js";
import type { EntityRecord, ServerKey } from "./rows/entities.js";
import { longestSession } from "./rows/sessions.js";
import { isAhead } from "./table.js";

/** The entity's key while its time lasts (C-21). */
export function validKey(entity: EntityRecord | undefined, now: Milliseconds): ServerKey | undefined {
  const key = entity?.committed;
  return key?.expiresAt !== undefined && key.expiresAt * 1000 <= now ? undefined : key;
}

/** True while the session's key is still the entity's committed one and its time has not run out (GWA-01). */
export function sessionHolds(
  session: { readonly keyID: Uint8Array; readonly endsAt: Milliseconds },
  entity: EntityRecord | undefined,
  now: Milliseconds,
): boolean {
  const committed = validKey(entity, now);
  const own = committed !== undefined && equalBytes(committed.id, session.keyID);
  return own && isAhead(session.endsAt, now, longestSession);
}

/** 2020 and 2100: a clock outside of them was never set, and no key is made by it. */
const earliest = Date.UTC(2020, 0, 1);
const latest = Date.UTC(2100, 0, 1);

/** Whether the calendar can be right; a key says when it was made, and for how long it holds. */
export const isBelievable = (now: Milliseconds): boolean => now >= earliest && now < latest;
