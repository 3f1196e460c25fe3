import assert from "node:assert/strict";
import { Milliseconds } from "../../src/base/units.js";
import { DatabaseError } from "../../src/database/errors.js";
import { type Database, never, type Row, type Rows, type TableLayout } from "../../src/database/port.js";

/** The tables that the contract is tried on. */
export const contractLayouts: readonly TableLayout[] = [
  { name: "things", columns: ["owner", "place"] },
  { name: "others", columns: [] },
];

const row = (key: string, value: number, endsAt: number = never, columns: Row["columns"] = {}): Row => ({
  key,
  value: Uint8Array.of(value, 0, 255),
  endsAt,
  columns,
});
const keys = (rows: readonly Row[]): string[] => rows.map(({ key }) => key);

/** What every database has to do; `make` hands out one that is empty. */
export function databaseContract(make: () => Promise<Database>): void {
  let database: Database;
  beforeEach(async () => {
    database = await make();
  });
  afterEach(() => database.close());

  const put = (...rows: readonly Row[]): Promise<void> =>
    database.transaction(async (tables) => {
      for (const one of rows) await tables.put("things", one);
    });
  const find = (column: string, value: string, limit = 9): Promise<string[]> =>
    database.read(async (rows) => keys(await rows.find("things", column, value, limit)));
  const get = (key: string): Promise<Row | undefined> => database.read((rows) => rows.get("things", key));

  it("gives back what was put, in place of what was there, and nothing once it is deleted", async () => {
    await put(row("a", 1), row("b", 2, 5, { owner: "me" }));
    await put(row("a", 3));
    const [a, b] = [await get("a"), await get("b")];
    assert.deepEqual([...(a?.value ?? [])], [3, 0, 255]);
    assert.deepEqual([b?.endsAt, b?.columns.owner, b?.columns.place], [5, "me", undefined]);
    assert.equal(a?.endsAt, never);
    assert.equal(await database.read((rows) => rows.get("others", "a")), undefined);
    await database.transaction((rows) => rows.delete("things", "a"));
    await database.transaction((rows) => rows.delete("things", "a"));
    assert.equal(await get("a"), undefined);
  });

  it("sees its own writes, and undoes them all when the work throws", async () => {
    await put(row("a", 1, never, { owner: "me" }));
    const thrown = new Error("enough");
    const work = database.transaction(async (rows) => {
      await rows.put("things", row("a", 2, never, { owner: "you" }));
      await rows.put("things", row("b", 3, never, { owner: "you" }));
      await rows.delete("things", "a");
      assert.deepEqual(keys(await rows.find("things", "owner", "you", 9)), ["b"]);
      assert.equal(await rows.get("things", "a"), undefined);
      throw thrown;
    });
    await assert.rejects(work, thrown);
    assert.deepEqual([...((await get("a"))?.value ?? [])], [1, 0, 255]);
    assert.deepEqual([await find("owner", "me"), await find("owner", "you")], [["a"], []]);
  });

  it("hands out and takes in copies: neither side's array is the other's", async () => {
    const given = row("a", 1);
    await put(given);
    given.value.fill(9);
    await database.transaction(async (rows) => {
      (await rows.get("things", "a"))?.value.fill(7);
      assert.deepEqual([...((await rows.get("things", "a"))?.value ?? [])], [1, 0, 255]);
    });
    const buffer = Buffer.from([5, 6, 7, 8]);
    await database.transaction((rows) => rows.put("things", { ...given, value: buffer.subarray(1, 3) }));
    buffer.fill(0);
    const read = await get("a");
    assert.deepEqual([...(read?.value ?? [])], [6, 7]);
    assert.equal(Object.getPrototypeOf(read?.value ?? []), Uint8Array.prototype);
  });

  it("finds by a column, the soonest to end first, then by key, and no more than asked", async () => {
    await put(
      row("d", 1, 20, { owner: "me" }),
      row("c", 2, never, { owner: "me", place: "here" }),
      row("b", 3, 20, { owner: "me" }),
      row("a", 4, 10, { owner: "you" }),
      row("e", 5, 10),
    );
    assert.deepEqual(await find("owner", "me"), ["b", "d", "c"]);
    assert.deepEqual(await find("owner", "me", 2), ["b", "d"]);
    assert.deepEqual(await find("place", "here"), ["c"]);
    assert.deepEqual(await find("place", "there"), []);
    await put(row("d", 1, 20, { owner: "you" }));
    assert.deepEqual(await find("owner", "me"), ["b", "c"]);
    assert.deepEqual(await find("owner", "you"), ["a", "d"]);
  });

  it("finds a row that was read and then changed by what it has become, and by nothing that it was", async () => {
    await put(row("a", 1, 20, { owner: "me" }), row("b", 1, 20, { owner: "me" }));
    const changes = [
      row("a", 2, 20, { owner: "me" }),
      row("a", 3, 20, { owner: "you" }),
      row("a", 4, 10, { owner: "you" }),
      row("a", 5, 10, { owner: "you", place: "here" }),
    ];
    for (const change of changes) {
      await database.transaction(async (rows) => {
        await rows.get("things", "a");
        await rows.put("things", change);
        assert.equal((await rows.get("things", "a"))?.value[0], change.value[0]);
      });
      const { value, endsAt } = (await get("a")) ?? assert.fail("it is gone");
      assert.deepEqual([value[0], endsAt], [change.value[0], change.endsAt]);
    }
    assert.deepEqual([await find("owner", "me"), await find("owner", "you")], [["b"], ["a"]]);
    assert.deepEqual(await find("place", "here"), ["a"]);
    assert.deepEqual(await database.read((rows) => rows.due("things", Milliseconds(10), 9)), ["a"]);
    await database.transaction(async (rows) => {
      await rows.get("things", "a");
      await rows.delete("things", "a");
      assert.equal(await rows.get("things", "a"), undefined);
      await rows.put("things", row("a", 6, never, { owner: "me" }));
    });
    assert.deepEqual([await find("owner", "me"), await find("owner", "you")], [["b", "a"], []]);
  });

  it("finds what comes after a row, whether that is there or not, in the same order", async () => {
    const me = { owner: "me" };
    await put(row("d", 1, 20, me), row("c", 2, never, me), row("b", 3, 20, me), row("a", 4, never, me));
    const after = (endsAt: number, key: string, limit = 9) =>
      database.read(async (rows) => keys(await rows.find("things", "owner", "me", limit, { endsAt, key })));
    assert.deepEqual(await after(20, "b"), ["d", "a", "c"]);
    assert.deepEqual(await after(20, "c", 2), ["d", "a"]);
    assert.deepEqual(await after(never, "a"), ["c"]);
    assert.deepEqual(await after(never, "c"), []);
  });

  it("tells what is due, the soonest first, and pages through a table in the order of keys", async () => {
    await put(row("b", 1, 30), row("c", 2, 10), row("a", 3, 20), row("Z", 4), row("a/1", 5));
    const due = (now: number, limit: number) =>
      database.read((rows) => rows.due("things", Milliseconds(now), limit));
    assert.deepEqual(await due(20, 9), ["c", "a"]);
    assert.deepEqual(await due(40, 1), ["c"]);
    const pages: string[][] = [];
    for (let after = ""; ; ) {
      const page = keys(await database.read((rows) => rows.page("things", after, 2)));
      if (page.length === 0) break;
      pages.push(page);
      after = page.at(-1) ?? "";
    }
    // By octets, whatever the language of the machine.
    assert.deepEqual(pages, [["Z", "a"], ["a/1", "b"], ["c"]]);
    const to = await database.read((rows) => rows.page("things", "a", 9, "b"));
    assert.deepEqual(keys(to), ["a/1", "b"]);
  });

  it("takes keys and columns of 250 characters, and values of 64 KB", async () => {
    const key = "k".repeat(250);
    const value = new Uint8Array(65_536).map((_, i) => i);
    const columns = { owner: "o".repeat(250) };
    await database.transaction((rows) => rows.put("things", { key, value, endsAt: never, columns }));
    const [found] = await database.read((rows) => rows.find("things", "owner", columns.owner, 1));
    assert.deepEqual(found?.value, value);
    assert.equal(found?.key, key);
  });

  it("keeps a name that looks like SQL as a name", async () => {
    const key = `'; DROP TABLE things; --"%_\\`;
    await put(row(key, 1, never, { owner: key }));
    assert.deepEqual(await find("owner", key), [key]);
  });

  it("runs transactions as if one after the other: none of 40 additions at once is lost", async () => {
    const add = (rows: Rows): Promise<void> =>
      rows.get("things", "n").then((found) => rows.put("things", row("n", (found?.value[0] ?? 0) + 1)));
    await Promise.all(Array.from({ length: 40 }, () => database.transaction(add)));
    assert.equal((await get("n"))?.value[0], 40);
  });

  it("does not let two decide by what the other has not written yet", async () => {
    const decide = (mine: string): Promise<void> =>
      database.transaction(async (rows) => {
        const there = await rows.find("things", "owner", "guard", 9);
        if (there.length === 0) await rows.put("things", row(mine, 1, never, { owner: "guard" }));
      });
    await Promise.all(Array.from({ length: 8 }, (_, i) => decide(`row ${i}`)));
    assert.equal((await find("owner", "guard")).length, 1);
  });

  it("says that it is away once it is closed", async () => {
    const closed = await make();
    await closed.close();
    const away = (error: unknown): boolean =>
      error instanceof DatabaseError && error.code === "database.away";
    await assert.rejects(
      closed.transaction((rows) => rows.get("things", "a")),
      away,
    );
  });
}
