import assert from "node:assert/strict";
import { mock } from "node:test";
import { PostgresDatabase } from "../../../hosts/node/database/postgres.js";
import { Readiness } from "../../../hosts/server/readiness.js";
import { SeededRandom } from "../../../hosts/simulator/world/random.js";
import { MemoryServerStore } from "../../../hosts/simulator/world/serverStore.js";
import { Milliseconds } from "../../../src/base/units.js";
import { DatabaseError } from "../../../src/database/errors.js";
import type { ServerStore, ServerTables } from "../../../src/database/store.js";
import { layouts } from "../../../src/database/store.js";
import { TemporaryPostgres } from "../../support/postgres.js";

const clock = { now: () => Milliseconds(1_800_000_000_000) };

/** A store that may write or not, and counts how often it is asked to. */
class Store implements Pick<ServerStore, "transaction"> {
  readonly #store = new MemoryServerStore({ clock });
  writes = 0;
  refuses = false;
  hangs = false;

  async transaction<T>(work: (tables: ServerTables) => Promise<T>): Promise<T> {
    this.writes++;
    if (this.hangs) return new Promise(() => {});
    if (this.refuses) throw new DatabaseError("database.away", "SQLITE_FULL");
    return this.#store.transaction(work);
  }

  /** Rows that were written, and not taken for what a guess is paid from. */
  written(): Promise<number> {
    return this.#store.read(async ({ budgets }) => (await budgets.page("ready/", 8, "ready0")).length);
  }
}

describe("whether a Server is ready", () => {
  let store: Store;
  let readiness: Readiness;
  let time = 0;
  const later = (): void => {
    time += 1_001;
  };

  beforeEach(() => {
    store = new Store();
    readiness = new Readiness({ store, clock, random: new SeededRandom("ready") }, 50);
    mock.method(performance, "now", () => time);
  });
  afterEach(() => mock.restoreAll());

  it("is that a row can be written: not while none can, and again once one can", async () => {
    assert.equal(await readiness.ready(), true);
    assert.equal(await store.written(), 1);
    store.refuses = true;
    later();
    assert.equal(await readiness.ready(), false);
    store.refuses = false;
    later();
    assert.equal(await readiness.ready(), true);
  });

  it("costs one write a second, however many ask", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => readiness.ready()));
    assert.deepEqual([new Set(answers), store.writes], [new Set([true]), 1]);
    await readiness.ready();
    assert.equal(store.writes, 1);
    later();
    await readiness.ready();
    assert.equal(store.writes, 2);
  });

  it("keeps nobody waiting for a database that does not answer, and asks it once", async () => {
    store.hangs = true;
    assert.equal(await readiness.ready(), false);
    later();
    assert.equal(await readiness.ready(), false);
    assert.equal(store.writes, 1);
  });

  it("ends when the Server is told to stop", async () => {
    assert.equal(await readiness.ready(), true);
    readiness.stop();
    later();
    assert.deepEqual([await readiness.ready(), store.writes], [false, 1]);
  });
});

describe("a database in PostgreSQL that only reads", () => {
  let postgres: TemporaryPostgres | undefined;
  before(async function () {
    postgres = await TemporaryPostgres.start(this);
  });
  after(() => postgres?.remove());

  it("counts as away for who writes, so that it is answered 503 and never as a mistake of who asked", async () => {
    const url = postgres?.fresh("reads") ?? "";
    const database = await PostgresDatabase.open({ url }, layouts);
    const put = (): Promise<unknown> =>
      database
        .transaction((rows) =>
          rows.put("settings", { key: "a", value: Uint8Array.of(1), endsAt: 1, columns: {} }),
        )
        .then(
          () => "written",
          (error: unknown) => (error as { code?: unknown }).code,
        );
    try {
      assert.equal(await put(), "written");
      postgres?.onlyReads(true);
      // Connections that are there hear of it a moment later.
      while ((await put()) === "written") await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(await put(), "database.away");
      await assert.rejects(PostgresDatabase.open({ url }, layouts), { code: "database.away" });
      postgres?.onlyReads(false);
      while ((await put()) !== "written") await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      await database.close();
    }
  });
});
