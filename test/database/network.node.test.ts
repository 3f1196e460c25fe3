import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresDatabase } from "../../hosts/node/database/postgres.js";
import { SqliteDatabase } from "../../hosts/node/database/sqlite.js";
import { MemoryDatabase, TwiceDatabase } from "../../hosts/simulator/world/memoryDatabase.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import type { Database, Rows } from "../../src/database/port.js";
import { layouts } from "../../src/database/store.js";
import { alice, bob, keypad, outcome, TestNetwork } from "../support/network.js";
import { TemporaryPostgres } from "../support/postgres.js";

/** Enrolment, a PN, data, a session renewed, a new password, a user who is removed: everything that there is. */
async function wholeLife(database: Database): Promise<void> {
  const limits = { records: 1000, lifetime: Seconds(200) };
  const devices = ["one", "two"].map((id) => ({ ...keypad, id, reachable: true }));
  const net = await new TestNetwork({ database: () => database, limits, devices }).start();
  const [one, two] = net.network.devices;
  assert.ok(one && two);
  assert.equal(outcome(await net.enrol({ ...alice, password: "a wrong one" }, one)), "result.refused");
  assert.equal(outcome(await net.enrol(alice, one)), "enrolled");
  assert.equal(outcome(await net.enrol(bob, two)), "enrolled");
  assert.equal(outcome(await net.join(one)), "joined");
  const send = async (text: string): Promise<string> =>
    outcome(await net.run({ kind: "sendToServer", text }, one));
  assert.equal(await send("hello"), "message");
  await net.clock.runFor(Milliseconds(190_000));
  assert.ok(net.log.some((line) => line.includes("pn.rekeyed")));
  assert.equal(await send("again"), "message");
  await net.network.server.changePassword(ascii(alice.userID), ascii("a new password"));
  assert.equal(await send("and again"), "message");
  await net.network.server.removeUser(ascii(alice.userID));
  assert.equal(await send("nobody"), "result.sessionExpired");
  assert.equal(outcome(await net.join(two)), "joined");
}

describe("the Server over each of its databases", () => {
  it("lives a whole life in memory, each transaction run twice", async () => {
    await wholeLife(new TwiceDatabase(new MemoryDatabase()));
  });

  it("lives a whole life in SQLite", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cpns-sqlite-"));
    const database = new SqliteDatabase(join(folder, "server.db"), layouts);
    await wholeLife(database);
    await database.close();
    rmSync(folder, { recursive: true });
  });

  it("lives a whole life in PostgreSQL", async function () {
    const postgres = await TemporaryPostgres.start(this);
    try {
      const database = await PostgresDatabase.open({ url: postgres.fresh("life") }, layouts);
      await wholeLife(database);
      await database.close();
    } finally {
      await postgres.remove();
    }
  });
});

/** Counts the transactions that have written: those that a disk has to confirm. */
class Commits implements Database {
  readonly #database: Database;
  commits = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  async transaction<T>(work: (rows: Rows) => Promise<T>): Promise<T> {
    let written = false;
    const result = await this.#database.transaction((rows) =>
      work({
        get: (...wanted) => rows.get(...wanted),
        find: (...wanted) => rows.find(...wanted),
        due: (...wanted) => rows.due(...wanted),
        page: (...wanted) => rows.page(...wanted),
        put: (...wanted) => {
          written = true;
          return rows.put(...wanted);
        },
        delete: (...wanted) => {
          written = true;
          return rows.delete(...wanted);
        },
      }),
    );
    if (written) this.commits++;
    return result;
  }

  read: Database["read"] = (work) => this.#database.read(work);
  close = (): Promise<void> => this.#database.close();
}

describe("commits of the Server's database", () => {
  it("are one for each message: 4 of an enrolment through a PN GW, 2 of a PN, 1 of data", async () => {
    let counted: Commits | undefined;
    const net = await new TestNetwork({ database: (memory) => (counted = new Commits(memory)) }).start();
    const during = async (work: () => Promise<unknown>): Promise<number> => {
      const before = counted?.commits ?? 0;
      await work();
      return (counted?.commits ?? 0) - before;
    };
    // The first request of a PN GW opens its session, which takes one more.
    assert.equal(await during(() => net.enrol(alice)), 1 + 4);
    assert.equal(await during(() => net.enrol(alice)), 4);
    assert.equal(await during(() => net.join()), 2);
    assert.equal(await during(() => net.run({ kind: "sendToServer", text: "hello" })), 1);
  });
});
