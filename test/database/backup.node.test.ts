import assert from "node:assert/strict";
import { aes256Gcm } from "../../hosts/node/database/aes.js";
import { nodeRandom, nodeSuite } from "../../hosts/node/nodeSuite.js";
import { MemoryDatabase } from "../../hosts/simulator/world/memoryDatabase.js";
import { silentLog } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import { Secret } from "../../src/crypto/secret.js";
import {
  copyRows,
  everyPage,
  floorOf,
  forgetSessions,
  jumpAhead,
  markBackup,
  replaceRows,
  settle,
} from "../../src/database/backup.js";
import { disown } from "../../src/database/ownership.js";
import type { Database } from "../../src/database/port.js";
import { Sealer } from "../../src/database/sealing.js";
import { definitions, Store } from "../../src/database/store.js";
import { keep } from "../../src/server/programs/readings.js";
import { everyRow } from "./everyRow.js";

/** What was agreed on with others and counts up: listed here by hand, so that a new table is thought about. */
const forgotten = [
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
] as const;
const now = Milliseconds(1_800_000_000_000);
const secondsSince2020 = (now - Date.UTC(2020, 0, 1)) / 1000;
const sealer = new Sealer({
  suite: nodeSuite,
  aead: aes256Gcm,
  random: nodeRandom,
  keys: [{ id: 1, key: new Secret(new Uint8Array(32).fill(7)) }],
});

const storeOver = (database: Database, at: number = now): Store =>
  new Store({ database, sealer, clock: { now: () => Milliseconds(at) }, random: nodeRandom, log: silentLog });

async function filled(): Promise<MemoryDatabase> {
  const database = new MemoryDatabase();
  await storeOver(database).transaction(async (tables) => {
    for (const [name, value] of everyRow)
      if (name !== "counters") await tables[name].put("00/key", value as never);
  });
  return database;
}

/** How many rows each table has; counters by the table that they are about. */
async function rowsOf(database: Database): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  await database.read(async (rows) => {
    for await (const { table, page } of everyPage(rows))
      for (const { key } of page) {
        const name = table === "counters" ? `counters of ${key.split(".")[0]}` : table;
        counts[name] = (counts[name] ?? 0) + 1;
      }
  });
  return counts;
}

describe("a back-up of the Server's tables", () => {
  it("holds every row but sessions, exchanges under way and networks, and counters of what it holds", async () => {
    const source = await filled();
    const copy = new MemoryDatabase();
    const count = await copyRows(source, copy);
    const before = await rowsOf(source);
    const after = await rowsOf(copy);
    for (const name of Object.keys(definitions) as (keyof typeof definitions)[]) {
      const { table } = definitions[name];
      const kept = !(forgotten as readonly string[]).includes(name);
      assert.equal(after[table] ?? 0, kept ? (before[table] ?? 0) : 0, table);
      assert.equal(
        after[`counters of ${table}`] ?? 0,
        kept ? (before[`counters of ${table}`] ?? 0) : 0,
        table,
      );
    }
    assert.equal(
      count,
      Object.values(after).reduce((sum, one) => sum + one, 0),
    );
  });

  it("takes the place of all that a database holds", async () => {
    const copy = new MemoryDatabase();
    await copyRows(await filled(), copy);
    const target = await filled();
    await storeOver(target).transaction(({ settings }) => settings.put("newer", { count: 1 }));
    await replaceRows(copy, target);
    assert.deepEqual(await rowsOf(target), await rowsOf(copy));
  });

  it("is forgotten alike in a database that was put back by other means", async () => {
    const source = await filled();
    const copy = new MemoryDatabase();
    await copyRows(source, copy);
    assert.ok((await forgetSessions(source)) > forgotten.length);
    assert.deepEqual(await rowsOf(source), await rowsOf(copy));
  });
});

describe("numbers after a back-up was put back", () => {
  it("go on above all that were given out, each time anew, and only once for each (C-25)", async () => {
    const database = new MemoryDatabase();
    const store = storeOver(database);
    assert.equal(await store.read(floorOf), 0);
    assert.equal(await settle(store, { now: () => now }), false);
    await markBackup(store, now);
    assert.equal(await settle(store, { now: () => now }), true);
    const first = await store.read(floorOf);
    assert.equal(first, secondsSince2020);
    assert.equal(await settle(store, { now: () => now }), false);
    await jumpAhead(store, { now: () => Milliseconds(Date.UTC(2020, 0, 2)) });
    assert.ok((await store.read(floorOf)) > first + 60_000, "though the clock went back");
  });

  it("go on for a User's events, too: no program sees the id of an event for another one", async () => {
    const source = new MemoryDatabase();
    const owner = new Uint8Array(16).fill(1);
    const topic = { name: "lamp", kind: "switch", direction: "offers" } as const;
    const says = (database: Database): Promise<number> =>
      storeOver(database).transaction((tables) =>
        keep(tables, { entityID: owner, owner, topic, value: true }, now, Milliseconds(0)),
      );
    for (let i = 1; i <= 300; i++) assert.equal(await says(source), i);
    const copy = new MemoryDatabase();
    await copyRows(source, copy);
    await markBackup(storeOver(copy), now);
    // Seen by programs, and not in the back-up.
    const seen = await says(source);
    assert.equal(await settle(storeOver(copy), { now: () => now }), true);
    const number = await says(copy);
    assert.ok(number > seen && number > now - Date.UTC(2020, 0, 1), `${number}`);
    assert.equal(await says(copy), number + 1);
    for (let i = 2; i < 256; i++) await says(copy);
    // Those of before are there beside them, until their hour is over: all go with the User.
    const store = storeOver(copy);
    await store.transaction((tables) => disown(tables, owner, now));
    assert.deepEqual(await store.read(({ events }) => events.page("", 1)), []);
  });

  it("wait for a clock that can be right", async () => {
    const store = storeOver(new MemoryDatabase());
    await markBackup(store, now);
    await assert.rejects(settle(store, { now: () => Milliseconds(0) }), { code: "database.clock" });
    assert.equal(await settle(store, { now: () => now }), true, "and it still jumps then");
  });
});
