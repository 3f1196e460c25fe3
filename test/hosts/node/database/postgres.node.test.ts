import assert from "node:assert/strict";
import { PostgresDatabase } from "../../../../hosts/node/database/postgres.js";
import { DatabaseError } from "../../../../src/database/errors.js";
import type { Rows } from "../../../../src/database/port.js";
import { TemporaryPostgres } from "../../../support/postgres.js";

const layout = { name: "things", columns: [] };
const row = (key: string) => ({ key, value: Uint8Array.of(1), endsAt: 1, columns: {} });

describe("transactions of PostgreSQL that meet", () => {
  let postgres: TemporaryPostgres | undefined;
  before(async function () {
    postgres = await TemporaryPostgres.start(this);
  });
  after(() => postgres?.remove());

  it("tell their work of it by our name, as no fault of its own, and are tried again", async () => {
    const database = await PostgresDatabase.open({ url: postgres?.fresh("meeting") ?? "" }, [layout]);
    const seen: unknown[] = [];
    let tries = 0;
    try {
      await database.transaction((rows) => rows.put("things", row("a")));
      const work = async (rows: Rows): Promise<void> => {
        tries++;
        await rows.get("things", "a");
        // Another is faster, once.
        if (tries === 1) await database.transaction((others) => others.put("things", row("a")));
        try {
          await rows.put("things", row("a"));
        } catch (error) {
          seen.push(error);
          throw error;
        }
      };
      await database.transaction(work);
      const [error] = seen;
      assert.deepEqual([tries, seen.length], [2, 1]);
      assert.ok(error instanceof DatabaseError && error.code === "database.conflict", String(error));
    } finally {
      await database.close();
    }
  });
});
