import type { Clock } from "../base/ports.js";
import type { Milliseconds } from "../base/units.js";
import { DatabaseError } from "./errors.js";
import type { Database, ReadRows, Row, Rows } from "./port.js";
import { isBelievable } from "./sessions.js";
import { definitions, layouts, type ReadTables, type ServerStore, type ServerTables } from "./store.js";

/*
 * Back-ups of the Server's tables, from any database into any other. What was agreed on with others and counts up, they
 * do not hold: its counters would go back with the back-up, and a counter that comes twice breaks the AEAD.
 */

/** Sessions, exchanges under way, networks. */
const forgotten: ReadonlySet<string> = new Set(
  (
    [
      "gatewaySessions",
      "answers",
      "tickets",
      "enrolments",
      "clearEnrolments",
      "registrations",
      "pageSessions",
      "pageBrowsers",
      "pushes",
      "pns",
      "members",
    ] as const
  ).map((name) => definitions[name].table),
);

/** Names in the table of settings. */
const backupMark = "backup";
const floorName = "restored";

/** Rows in one transaction of a copy. */
const batch = 256;
const firstInstant = Date.UTC(2020, 0, 1);
/** Should the clock have stood too high at the last time. */
const leastJump = 0x1_0000;

/** Whether a row outlives a back-up that is put back; a counter does when what it counts does. */
function isKept(table: string, { key }: Row): boolean {
  const about = table === definitions.counters.table ? (key.split(".")[0] ?? "") : table;
  return !forgotten.has(about);
}

/** Every row of every table, in the order of tables and keys. */
export async function* everyPage(
  rows: ReadRows,
): AsyncGenerator<{ readonly table: string; readonly page: readonly Row[] }> {
  for (const { name: table } of layouts) {
    for (let after = ""; ; ) {
      const page = await rows.page(table, after, batch);
      const last = page.at(-1);
      if (last === undefined) break;
      yield { table, page };
      after = last.key;
    }
  }
}

/**
 * Copies one state of `from` into `to`, which is empty, without what a back-up does not hold. Returns how many rows. The
 * copy becomes a back-up by `markBackup`.
 */
export function copyRows(from: Database, to: Database): Promise<number> {
  return from.read(async (rows) => {
    let count = 0;
    for await (const { table, page } of everyPage(rows)) {
      const kept = page.filter((row) => isKept(table, row));
      await to.transaction(async (into) => {
        for (const row of kept) await into.put(table, row);
      });
      count += kept.length;
    }
    return count;
  });
}

/** From now on who opens it knows that it was put back (`settle`). */
export function markBackup(store: ServerStore, now: Milliseconds): Promise<void> {
  return store.transaction(({ settings }) => settings.put(backupMark, { count: now }));
}

/** When the back-up was made; undefined for a database that is none. */
export async function backupTime(store: ServerStore): Promise<number | undefined> {
  return (await store.read(({ settings }) => settings.get(backupMark)))?.count;
}

/** Puts a back-up in the place of everything that `to` holds, in one transaction. Returns how many rows. */
export function replaceRows(from: Database, to: Database): Promise<number> {
  return to.transaction(async (into) => {
    await deleteRows(into, () => true);
    return from.read(async (rows) => {
      let count = 0;
      for await (const { table, page } of everyPage(rows)) {
        for (const row of page) await into.put(table, row);
        // That it is a back-up is no row of the Server's.
        count += page.filter(({ key }) => table !== definitions.settings.table || key !== backupMark).length;
      }
      return count;
    });
  });
}

/** For a database that was put back by other means: forgets what a back-up does not hold. Returns how many rows. */
export function forgetSessions(database: Database): Promise<number> {
  return database.transaction((rows) => deleteRows(rows, (table, row) => !isKept(table, row)));
}

async function deleteRows(rows: Rows, which: (table: string, row: Row) => boolean): Promise<number> {
  let count = 0;
  for await (const { table, page } of everyPage(rows)) {
    for (const row of page.filter((one) => which(table, one))) {
      await rows.delete(table, row.key);
      count++;
    }
  }
  return count;
}

/**
 * Has numbers go on above all that were given out before: since the back-up was made some were, and nobody knows how
 * many. Throws DatabaseError("database.clock") when the calendar cannot be right.
 */
export async function jumpAhead(store: ServerStore, clock: Pick<Clock, "now">): Promise<void> {
  const now = clock.now();
  if (!isBelievable(now)) throw new DatabaseError("database.clock");
  await store.transaction(async (tables) => {
    // Seconds since 2020: to no device was more than one a second given out, however old the back-up is.
    const count = Math.max((await floorOf(tables)) + leastJump, Math.floor((now - firstInstant) / 1000));
    await tables.settings.put(floorName, { count });
    await tables.settings.delete(backupMark);
    await tables.note("database.restored", { floor: count });
  });
}

/** At every start: a back-up that was put back jumps ahead, once. True when it was one. */
export async function settle(store: ServerStore, clock: Pick<Clock, "now">): Promise<boolean> {
  if ((await backupTime(store)) === undefined) return false;
  await jumpAhead(store, clock);
  return true;
}

/** Above this lie the ids of LocalEUKeys and the numbers of handshakes; 0 before anything was put back. */
export async function floorOf(tables: Pick<ServerTables | ReadTables, "settings">): Promise<number> {
  return (await tables.settings.get(floorName))?.count ?? 0;
}
