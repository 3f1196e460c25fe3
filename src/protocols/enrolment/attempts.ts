import { equalBytes, hex } from "../../base/octets.js";
import { Milliseconds } from "../../base/units.js";
import type { PendingEnrolment, ServerTables } from "../../database/tables.js";
import type { Origin } from "../../procedure/serverPorts.js";
import { delayAfter, serverGlobalRule, serverRule, type ThrottleRule } from "./throttle.js";

/** Pending exchanges and failed attempts at the Server: each exchange is used once, each guess is counted first. */

export const pendingOf = (tables: ServerTables, role: Origin["role"]): ServerTables["pending"] =>
  role === "gateway" ? tables.pendingClear : tables.pending;

/** Takes the pending exchange of this origin, once; undefined when there is none or it is too old. */
export async function takePending(
  tables: ServerTables,
  origin: Origin,
  handle: Uint8Array,
  now: Milliseconds,
): Promise<PendingEnrolment | undefined> {
  const table = pendingOf(tables, origin.role);
  const pending = await table.get(hex(handle));
  if (pending?.kind !== "enrolment") return undefined;
  const same =
    pending.role === origin.role &&
    equalBytes(pending.entityID, origin.entityID) &&
    equalBytes(pending.gatewayID, origin.gatewayID);
  // The handle is heard in the air: who is not the asker must not use it up.
  if (!same) return undefined;
  await table.delete(hex(handle));
  return pending.expiresAt <= now ? undefined : pending;
}

/**
 * Failures of one PN GW that count against the budget of a User ID from everywhere: one that turns rogue is slowed
 * down by the delay of its own, and cannot keep the owner from enrolling through another.
 */
const gatewayShare = 5;

/** Who guesses at whose password, by whom. */
export type Guess = Pick<PendingEnrolment, "role" | "userID" | "gatewayID">;

/** Counts an attempt as failed, before anything is verified. False while the budget is used up. */
export async function countAttempt(
  tables: ServerTables,
  guess: Guess,
  known: boolean,
  now: Milliseconds,
): Promise<boolean> {
  const buckets = attemptBuckets(guess, known);
  const records = await Promise.all(buckets.map(({ key }) => tables.attempts.get(key)));
  // Rejected without comparing and without counting: hammering while locked neither helps nor prolongs.
  const locked = records.some((record) => record !== undefined && now < record.notBefore);
  const spent = (records[0]?.failures ?? 0) >= gatewayShare;
  for (const [index, { key, rule }] of buckets.entries()) {
    const before = records[index] ?? { failures: 0, notBefore: now };
    const failures = before.failures + 1;
    const notBefore = Milliseconds(now + delayAfter(failures, rule));
    // Nobody spends the budget that others share alone; once several have, everybody's failures keep it spent.
    const beyondShare = index > 0 && spent && before.failures < rule.free;
    // Written either way: a durable write takes long enough to tell the locked row of the unknown from a user's.
    await tables.attempts.put(key, locked || beyondShare ? before : { failures, notBefore });
  }
  return !locked;
}

/** The password was right: its failures are forgotten. */
export async function forgetAttempts(tables: ServerTables, guess: Guess): Promise<void> {
  for (const { key } of attemptBuckets(guess, true)) await tables.attempts.delete(key);
}

/**
 * Unknown users share one row: the same work is done, and strangers cannot fill the table. So do all who ask for a
 * PN GW in the clear: their Entity IDs are claims, which must neither spend nor widen the budget of the PN GWs that
 * have authenticated.
 */
function attemptBuckets(
  guess: Guess,
  known: boolean,
): readonly { readonly key: string; readonly rule: ThrottleRule }[] {
  const user = known ? hex(guess.userID) : "unknown";
  if (guess.role === "gateway") return [{ key: `${user}/clear`, rule: serverRule }];
  const gateway = known ? hex(guess.gatewayID) : "unknown";
  return [
    { key: `${user}/${gateway}`, rule: serverRule },
    { key: user, rule: serverGlobalRule },
  ];
}
