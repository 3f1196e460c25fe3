import assert from "node:assert/strict";
import { aes256Gcm } from "../../hosts/node/database/aes.js";
import { nodeRandom, nodeSuite } from "../../hosts/node/nodeSuite.js";
import { MemoryDatabase, TwiceDatabase } from "../../hosts/simulator/world/memoryDatabase.js";
import { ascii, hex } from "../../src/base/octets.js";
import type { Log } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import { Secret } from "../../src/crypto/secret.js";
import type { Database } from "../../src/database/port.js";
import { type MasterKey, Sealer } from "../../src/database/sealing.js";
import { definitions, layouts, Store } from "../../src/database/store.js";
import { codeOf } from "../support/codeOf.js";
import { everyRow } from "./everyRow.js";

const key = (id: number, fill = id): MasterKey => ({ id, key: new Secret(new Uint8Array(32).fill(fill)) });
const day = 24 * 3_600_000;

class Bench {
  readonly database = new MemoryDatabase();
  readonly logged: string[] = [];
  now = 1_800_000_000_000;
  readonly log: Log = { event: (name) => void this.logged.push(name) };

  store(keys: readonly [MasterKey, ...MasterKey[]] = [key(1)], database: Database = this.database): Store {
    const sealer = new Sealer({ suite: nodeSuite, aead: aes256Gcm, random: nodeRandom, keys });
    const clock = { now: () => Milliseconds(this.now) };
    return new Store({ database, sealer, clock, random: nodeRandom, log: this.log });
  }

  /** Each table with its one sample row. */
  async filled(store = this.store()): Promise<this> {
    await store.transaction(async (tables) => {
      for (const [name, value] of everyRow) await tables[name].put("00/key", value as never);
    });
    return this;
  }
}

const rejected = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => "nothing",
    (error: unknown) =>
      codeOf(() => {
        throw error;
      }),
  );

const got = (store: Store, name: keyof typeof definitions, at = "00/key"): Promise<unknown> =>
  store.read((tables): Promise<unknown> => tables[name].get(at));

describe("the Server's tables", () => {
  it("are read page by page to their end, over rows whose time is over", async () => {
    const bench = new Bench();
    const store = bench.store();
    const put = (key: string, at: number): Promise<void> =>
      store.transaction(({ audit }) => audit.put(key, { event: "x", fields: "{}", at: Milliseconds(at) }));
    for (let i = 0; i < 9; i++) await put(`${i}`, bench.now - (i < 5 || i === 7 ? 91 * day : 0));
    const page = (after: string): Promise<readonly string[]> =>
      store.read(async ({ audit }) => (await audit.page(after, 2)).map(({ key: name }) => name));
    assert.deepEqual(await page(""), ["5", "6"]);
    assert.deepEqual(await page("6"), ["8"]);
    assert.deepEqual(await page("8"), []);
  });

  it("give back every row as it was put, owned by who reads it", async () => {
    const bench = await new Bench().filled();
    const store = bench.store();
    assert.equal(new Set(everyRow.map(([name]) => name)).size, Object.keys(definitions).length);
    for (const [name, value] of everyRow) {
      if (name === "counters") continue;
      assert.deepEqual(await got(store, name), value, name);
    }
    assert.equal(layouts.length, Object.keys(definitions).length);
  });

  it("have each secret under the master key, and nothing of it in what lies there", async () => {
    const bench = await new Bench().filled();
    const lying = layouts
      .flatMap(({ name }) => bench.database.rows(name).map((row) => hex(row.value)))
      .join(" ");
    // In every sample row a secret is made of octets of 0xa0 and above that nothing else has.
    assert.equal(/(a[0-9a-f])\1{15}/.test(lying), false, "a secret lies open");
    for (const [name, value] of everyRow) {
      const secrets = /(?:a[0-9a-f]){16}/.test(
        JSON.stringify(value, (_, one) => (one instanceof Uint8Array ? hex(one) : one)),
      );
      const [row] = bench.database.rows(definitions[name].table);
      assert.equal(secrets, definitions[name].secret !== undefined, name);
      assert.ok(row);
    }
  });

  it("open under no other key, in no other place, and not when anything of the row was altered", async () => {
    const bench = await new Bench().filled();
    for (const [name] of everyRow) {
      const { table, secret } = definitions[name];
      const row = bench.database.rows(table).find((one) => one.key === "00/key") ?? assert.fail(name);
      const read = (store: Store, at?: string): Promise<unknown> => got(store, name, at);
      if (secret === undefined) continue;
      assert.equal(await rejected(read(bench.store([key(1, 2)]))), "database.sealed", name);
      assert.equal(await rejected(read(bench.store([key(2, 1)]))), "database.sealed", name);
      await bench.database.transaction((rows) => rows.put(table, { ...row, key: "00/other" }));
      assert.equal(await rejected(read(bench.store(), "00/other")), "database.sealed", name);
      for (let at = 0; at < row.value.length; at += 7) {
        const value = row.value.slice();
        value[at] = (value[at] as number) ^ 1;
        await bench.database.transaction((rows) => rows.put(table, { ...row, value }));
        const code = await rejected(read(bench.store()));
        assert.match(code ?? "", /^database\.(sealed|row|newer)$/, `${name}, octet ${at}`);
      }
    }
  });

  it("go over to another master key, row by row, while the old one still opens what is left", async () => {
    const bench = await new Bench().filled();
    const both = bench.store([key(2), key(1)]);
    const sealed = Object.values(definitions).filter(({ secret }) => secret !== undefined).length;
    assert.equal(await both.renew(), sealed);
    assert.equal(await both.renew(), 0);
    const only = bench.store([key(2)]);
    for (const [name, value] of everyRow) {
      if (name !== "counters") assert.deepEqual(await got(only, name), value);
    }
  });

  it("say that a row is of a later release, or none at all", async () => {
    const bench = await new Bench().filled();
    const [row] = bench.database.rows("users");
    const put = (value: Uint8Array): Promise<void> =>
      bench.database.transaction((rows) => rows.put("users", { ...(row ?? assert.fail()), value }));
    const value = row?.value.slice() ?? new Uint8Array();
    value[2] = 9;
    await put(value);
    assert.equal(await rejected(bench.store().read(({ users }) => users.get("00/key"))), "database.newer");
    await put(ascii("not CBOR"));
    assert.equal(await rejected(bench.store().read(({ users }) => users.get("00/key"))), "database.row");
  });

  it("count by counters in the same transaction: what was put over, deleted, undone or swept", async () => {
    const bench = new Bench();
    const store = bench.store();
    const push = (gateway: number, endsAt = bench.now + 1000) => ({
      gatewayID: Uint8Array.of(gateway),
      kind: 0,
      endsAt: Milliseconds(endsAt),
    });
    const count = (gateway: string): Promise<number> =>
      store.read(({ pushes }) => pushes.count("gateway", gateway));
    await store.transaction(async ({ pushes }) => {
      await pushes.put("a", push(1));
      await pushes.put("b", push(1));
      await pushes.put("b", push(1));
      await pushes.put("c", push(2));
    });
    assert.deepEqual([await count("01"), await count("02"), await count("03")], [2, 1, 0]);
    await store.transaction(({ pushes }) => pushes.put("b", push(2)));
    assert.deepEqual([await count("01"), await count("02")], [1, 2]);
    await rejected(
      store.transaction(async ({ pushes }) => {
        await pushes.delete("a");
        throw new Error("undone");
      }),
    ).catch(() => undefined);
    assert.equal(await count("01"), 1);
    assert.equal(await store.transaction(({ pushes }) => pushes.dropOldest("gateway", "02")), "b");
    assert.equal(await count("02"), 1);
    bench.now += 1000;
    assert.equal(await store.read(({ pushes }) => pushes.get("a")), undefined, "over, though it lies there");
    assert.equal(await store.sweep(), 2);
    assert.equal(await store.sweep(), 0);
    assert.deepEqual([await count("01"), await count("02")], [0, 0]);
    assert.equal(bench.database.rows("counters").length, 0);
  });

  it("take an instant that lies further ahead than its rule allows for none: a clock that was set back locks nobody out", async () => {
    const bench = await new Bench().filled();
    const store = bench.store();
    const there = async (): Promise<string[]> => {
      const found: string[] = [];
      for (const [name] of everyRow) {
        if (definitions[name].longest === 0) continue;
        if ((await got(store, name)) !== undefined) found.push(name);
      }
      return found;
    };
    const limited = everyRow.map(([name]) => name).filter((name) => definitions[name].longest !== 0);
    assert.ok(limited.length >= 10);
    assert.deepEqual(await there(), limited);
    const now = bench.now;
    for (const set of [now - 730 * day, 0, Date.UTC(2038, 0, 20), Date.UTC(2106, 1, 8)]) {
      bench.now = set;
      assert.deepEqual(await there(), [], new Date(set).toISOString());
    }
    bench.now = now - 30_000;
    assert.deepEqual(await there(), limited, "half a minute is a correction");
  });

  it("log and run what comes afterwards once, when it is durable, however often the work ran", async () => {
    const bench = new Bench();
    const store = bench.store([key(1)], new TwiceDatabase(bench.database));
    let ran = 0;
    let after = 0;
    await store.transaction(async (tables) => {
      ran++;
      tables.log.event("said");
      await tables.note("kept", { user: "00" });
      tables.afterwards(() => void after++);
    });
    assert.deepEqual([ran, after, bench.logged], [2, 1, ["said", "kept"]]);
    assert.equal(bench.database.rows("audit").length, 1);
    await store
      .transaction(async (tables) => {
        tables.log.event("never said");
        throw new Error("undone");
      })
      .catch(() => undefined);
    assert.deepEqual(bench.logged, ["said", "kept"]);
  });

  it("list themselves in pages, and refuse to write where one only reads", async () => {
    const bench = new Bench();
    const store = bench.store();
    const guests = Array.from({ length: 5 }, (_, i) => `g${i}`);
    await store.transaction(async (tables) => {
      for (const name of guests)
        await tables.guests.put(name, { owner: new Uint8Array(16), since: 1 as never });
    });
    const first = await store.read((tables) => tables.guests.page("", 3));
    const second = await store.read((tables) => tables.guests.page(first.at(-1)?.key ?? "", 3));
    assert.deepEqual(
      [...first, ...second].map((one) => one.key),
      guests,
    );
    const write = store.read((tables) =>
      (tables.guests as unknown as { delete(key: string): Promise<void> }).delete("g0"),
    );
    assert.equal(await rejected(write), "database.readOnly");
  });
});
