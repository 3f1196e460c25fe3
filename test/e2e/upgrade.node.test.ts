import assert from "node:assert/strict";
import { join } from "node:path";
import Libsql from "libsql";
import pg from "pg";
import type { OpenServer } from "../../hosts/server/open.js";
import { encodeRow, isStale, type RowDefinition } from "../../src/database/row.js";
import { definitions } from "../../src/database/store.js";
import { Household, serverFile } from "../support/household.js";
import { MemoryStore } from "../support/memoryStore.js";
import { type Ended, operated } from "../support/operator.js";
import { TemporaryPostgres } from "../support/postgres.js";
import { ran } from "../support/programs.js";
import { unlessFew } from "../support/sampled.js";

type Definition = RowDefinition<unknown, string>;
const all = Object.values(definitions) as unknown as readonly Definition[];
/** Those of which an earlier release had rows in another format. */
const changed = all.filter(({ former }) => former.length > 0);
/** Tables that the first release with rows of that kind had not. */
const later = ["page_browsers", "api_tokens", "readings", "events", "event_heads", "preferences"].concat([
  "webhooks",
  "webhook_turns",
  "deliveries",
]);

/** Writes every row that has had an earlier format in the first of them. Returns how many. */
async function writeAsBefore({ store, database, sealer }: OpenServer): Promise<number> {
  let count = 0;
  for (const definition of changed) {
    const first = [...definition.former].sort((a, b) => a.version - b.version)[0] ?? assert.fail();
    const { open, secret, version } = first;
    const earlier = { ...definition, open, secret, version };
    const { table } = definition;
    const values = await store.read((tables) => tables[table as "entities"].page("", 1_000));
    await database.transaction(async (rows) => {
      for (const { key, value } of values) {
        const row = (await rows.get(table, key)) ?? assert.fail(key);
        await rows.put(table, { ...row, value: encodeRow(earlier, sealer, key, value) });
      }
    });
    count += values.length;
  }
  await store.transaction((tables) => tables.settings.delete("masterKey"));
  return count;
}

/** How many rows are in an earlier format. */
async function stale({ database, sealer }: OpenServer): Promise<number> {
  let count = 0;
  for (const definition of all) {
    const rows = await database.read((reader) => reader.page(definition.table, "", 1_000));
    count += rows.filter(({ value }) => isStale(definition, sealer, value)).length;
  }
  return count;
}

describe("a Server that is started over the database of an earlier release", function () {
  this.timeout(180_000);
  before(function () {
    unlessFew(this, "an upgrade by programs");
  });
  let home: Household;
  let postgres: TemporaryPostgres | undefined;
  beforeEach(() => {
    home = new Household();
  });
  afterEach(async () => {
    await home.close();
    await postgres?.remove();
    postgres = undefined;
  });

  const operate = (...command: readonly string[]): Promise<Ended> =>
    operated([...command, ...home.data], { ...(home.database && { CPNS_DATABASE: home.database }) });
  async function withData<T>(work: (open: OpenServer) => Promise<T>): Promise<T> {
    const open = await home.opened();
    try {
      return await work(open);
    } finally {
      await open.database.close();
    }
  }

  /** What SQL a database is told beside the program. */
  async function told(...statements: readonly string[]): Promise<void> {
    if (home.database === undefined) {
      const file = new Libsql(join(home.folder, "server", "cpns.sqlite"));
      for (const sql of statements) file.exec(sql);
      file.close();
      return;
    }
    const client = new pg.Client({ connectionString: home.database });
    await client.connect();
    for (const sql of statements) await client.query(sql);
    await client.end();
  }

  for (const kind of ["SQLite", "PostgreSQL"] as const) {
    it(`brings it up to date (${kind}): who enrolled before authenticates with the key that he has`, async function () {
      if (kind === "PostgreSQL") {
        postgres = await TemporaryPostgres.start(this);
        this.timeout(180_000);
        home.database = postgres.fresh("earlier");
      }
      const before = await home.server();
      await home.user("alice");
      const gateway = await home.gateway();
      assert.equal((await home.ask("enrol")).code, 0);
      const flash = new MemoryStore();
      const lamp = home.device(flash, undefined, "Lamp");
      await lamp.enrol();
      lamp.device?.stop();
      await gateway.kill("SIGTERM");
      await before.kill("SIGTERM");
      assert.equal(await withData(writeAsBefore), 2, "gateway and lamp");
      await told(...later.map((table) => `DROP TABLE ${table}`));

      const after = await home.server();
      await home.gateway();
      const connected = await home.ask("connect");
      assert.equal(connected.code, 0, connected.errors);
      await home.device(flash, undefined, "Lamp").startsNetwork();
      // Another one enrols beside it, in rows as they are now.
      await home.device().enrol();
      const checked = await operate("check");
      assert.match(checked.out, /every row opens/, checked.errors);
      assert.equal(await withData(stale), 2, "a row is written anew when something in it changes");
      await after.kill("SIGTERM");
      const rotated = await operate("rotate-key");
      assert.equal(rotated.code, 0, rotated.errors);
      assert.equal(await withData(stale), 0);
      await home.server();
      const again = await home.ask("connect");
      assert.equal(again.code, 0, again.errors);
    });

    it(`refuses one of a later release in one line, and leaves it as it is (${kind})`, async function () {
      if (kind === "PostgreSQL") {
        postgres = await TemporaryPostgres.start(this);
        this.timeout(180_000);
        home.database = postgres.fresh("later");
      }
      await withData(async () => {});
      const version = (of: number): string =>
        kind === "SQLite" ? `PRAGMA user_version = ${of}` : `UPDATE cpns_version SET version = ${of}`;
      await told(version(99));
      const environment: Record<string, string> = home.database ? { CPNS_DATABASE: home.database } : {};
      for (const command of [[], ["check"], ["users"]]) {
        const place = command.length === 0 ? ["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"] : [];
        const { code, errors } = await ran(serverFile, [...command, ...home.data, ...place], "", environment);
        assert.equal(code, 1, errors);
        assert.match(errors, /a later release has written this database/);
        assert.equal(errors.trim().split("\n").length, 1, errors);
      }
      await told(version(1));
      assert.match((await operate("check")).out, /every row opens/);
    });
  }
});
