import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { SqliteDatabase } from "../../../../hosts/node/database/sqlite.js";
import { SqliteTables } from "../../../../hosts/node/database/sqliteTables.js";
import { ascii } from "../../../../src/base/octets.js";
import { never, type Row, type Rows } from "../../../../src/database/port.js";

const layouts = [{ name: "things", columns: [] }];
const row = (key: string): Row => ({ key, value: ascii(key), columns: {}, endsAt: never });
const put = (key: string) => (rows: Rows) => rows.put("things", row(key));

describe("transactions of SQLite that come at once", () => {
  let folder: string;
  let database: SqliteDatabase;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-sqlite-"));
    database = new SqliteDatabase(join(folder, "a.db"), layouts);
  });
  afterEach(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });

  const keys = async (): Promise<readonly string[]> =>
    (await database.read((rows) => rows.page("things", "", 1_000))).map(({ key }) => key);

  it("stand alone though they are committed together: what one undoes, the others keep", async () => {
    const failing = database.transaction(async (rows) => {
      await rows.put("things", row("b"));
      await rows.delete("things", "a");
      throw new RangeError("changed its mind");
    });
    const [first, second, third] = await Promise.allSettled([
      database.transaction(put("a")),
      failing,
      database.transaction(async (rows) => [
        (await rows.get("things", "a"))?.key,
        (await rows.get("things", "b"))?.key,
      ]),
    ]);
    assert.equal(first.status, "fulfilled");
    assert.ok(second.status === "rejected" && second.reason instanceof RangeError);
    assert.ok(third.status === "fulfilled");
    assert.deepEqual(third.value, ["a", undefined]);
    assert.deepEqual(await keys(), ["a"]);
  });

  it("run again, from what was there before, when another that was with them undoes what it has written", async () => {
    const runs: string[] = [];
    const counted = (name: string, work: (rows: Rows) => Promise<unknown>) => {
      return database.transaction(async (rows) => {
        runs.push(name);
        assert.equal(await rows.get("things", "a"), undefined);
        await work(rows);
        await rows.delete("things", "a");
      });
    };
    const undoing = async (rows: Rows): Promise<void> => {
      await rows.put("things", row("a"));
      throw new RangeError("changed its mind");
    };
    const quiet = async (): Promise<void> => {
      throw new RangeError("has written nothing");
    };
    await Promise.allSettled([counted("first", put("a")), counted("quiet", quiet)]);
    assert.deepEqual(runs.splice(0), ["first", "quiet"], "there was nothing to undo");
    await Promise.allSettled([
      counted("first", put("a")),
      counted("undoing", undoing),
      counted("last", put("b")),
    ]);
    assert.deepEqual(runs, ["first", "undoing", "first", "undoing", "last"]);
    assert.deepEqual(await keys(), ["b"]);
  });

  it("know nothing of what they have read before: another process may have changed it since", async () => {
    const read = (): Promise<Row | undefined> => database.transaction((rows) => rows.get("things", "a"));
    await database.transaction(put("a"));
    assert.equal((await read())?.value[0], "a".charCodeAt(0));
    const other = new Libsql(join(folder, "a.db"));
    other.exec("UPDATE things SET value = x'07'");
    assert.equal((await read())?.value[0], 7);
    other.exec("DELETE FROM things");
    assert.equal(await read(), undefined);
    other.close();
  });

  it("are all durable before any of them is told so, however many they are", async () => {
    const other = new Libsql(join(folder, "a.db"));
    const count = (): number => (other.prepare("SELECT count(*) AS n FROM things").get() as { n: number }).n;
    const seen: number[] = [];
    const many = Array.from({ length: 600 }, (_, i) =>
      database.transaction(put(`k${i}`)).then(() => seen.push(count())),
    );
    await Promise.all(many);
    assert.equal((await keys()).length, 600);
    // 256 are committed at once: nobody has seen fewer.
    assert.equal(Math.min(...seen), 256);
    other.close();
  });

  it("keep few of the rows that they have read and written, however many these are", async () => {
    const db = new Libsql(join(folder, "a.db"));
    const tables = new SqliteTables(db, layouts);
    db.exec("BEGIN");
    for (let i = 0; i < 10_000; i++) await tables.rows.put("things", row(`k${i}`));
    assert.ok(tables.known > 0 && tables.known <= 4_096, `${tables.known}`);
    for (const i of [0, 9_999]) assert.equal((await tables.rows.get("things", `k${i}`))?.key, `k${i}`);
    db.exec("COMMIT");
    db.close();
  });

  it("fail, and end nothing else, once it is closed", async () => {
    await database.transaction(put("a"));
    await database.close();
    await assert.rejects(database.transaction(put("b")), { code: "database.away" });
    await assert.rejects(
      database.read((rows) => rows.get("things", "a")),
      { code: "database.away" },
    );
    await assert.rejects(database.damage(), { code: "database.away" });
  });

  it("wait for each other's process, and come to their turn", async () => {
    const second = new SqliteDatabase(join(folder, "a.db"), layouts);
    const both = [database, second].flatMap((one, i) =>
      Array.from({ length: 20 }, (_, k) => one.transaction(put(`${i}-${k}`))),
    );
    await Promise.all(both);
    assert.equal((await keys()).length, 40);
    await second.close();
  });
});
