import { equalBytes, hex } from "../base/octets.js";
import type { PendingEnrolment } from "./rows/exchanges.js";
import type { ServerTables } from "./store.js";
import type { Table } from "./table.js";

/** Exchanges that are open: each is used once, and nobody's flood takes the place of all others. */

/** Of those that are relayed for PNEs, the PN GWs of one owner may have this many open. */
export const exchangesOfOwner = 256;
/** Of those in the clear, one address. */
export const exchangesOfSource = 32;
/** The table of those in the clear is parted by chance into so many parts with so many exchanges each. */
const parts = 64;
const exchangesOfPart = 64;

type Exchanges = Table<PendingEnrolment, "source" | "part">;

/** Tables of PNEs and of PN GWs, which ask in the clear, are apart. */
export const enrolmentsOf = (tables: ServerTables, role: PendingEnrolment["role"]): Exchanges =>
  role === "gateway" ? tables.clearEnrolments : tables.enrolments;

/** Opens an exchange; the oldest of the same source gives way when it has as many as may be. */
export async function openExchange(
  tables: ServerTables,
  handle: Uint8Array,
  pending: Omit<PendingEnrolment, "part">,
): Promise<void> {
  const table = enrolmentsOf(tables, pending.role);
  const clear = pending.role === "gateway";
  const share = clear ? exchangesOfSource : exchangesOfOwner;
  if ((await table.count("source", pending.source)) >= share)
    await table.dropOldest("source", pending.source);
  if (!clear) return table.put(hex(handle), pending);
  // The handle is random, so that a flood fills all parts alike.
  const part = `${(handle[0] ?? 0) % parts}`;
  if ((await table.count("part", part)) >= exchangesOfPart) await table.dropOldest("part", part);
  return table.put(hex(handle), { ...pending, part });
}

type Asker = Pick<PendingEnrolment, "role" | "entityID" | "gatewayID">;

/** The pending exchange of this origin; undefined when there is none or it is too old. */
export async function exchangeOf(
  tables: ServerTables,
  origin: Asker,
  handle: Uint8Array,
): Promise<PendingEnrolment | undefined> {
  const pending = await enrolmentsOf(tables, origin.role).get(hex(handle));
  if (pending === undefined) return undefined;
  const same =
    pending.role === origin.role &&
    equalBytes(pending.entityID, origin.entityID) &&
    equalBytes(pending.gatewayID, origin.gatewayID);
  // The handle is heard in the air: who is not the asker must not use it up.
  return same ? pending : undefined;
}

/** Takes it, once. */
export async function takeExchange(
  tables: ServerTables,
  origin: Asker,
  handle: Uint8Array,
): Promise<PendingEnrolment | undefined> {
  const pending = await exchangeOf(tables, origin, handle);
  if (pending !== undefined) await enrolmentsOf(tables, origin.role).delete(hex(handle));
  return pending;
}
