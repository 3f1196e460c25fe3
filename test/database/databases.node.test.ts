import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresDatabase } from "../../hosts/node/database/postgres.js";
import { SqliteDatabase } from "../../hosts/node/database/sqlite.js";
import { MemoryDatabase, TwiceDatabase } from "../../hosts/simulator/world/memoryDatabase.js";
import type { Database } from "../../src/database/port.js";
import { TemporaryPostgres } from "../support/postgres.js";
import { contractLayouts, databaseContract } from "./contract.js";

/** Once as it is, and once with each transaction run twice. */
function bothWays(title: string, make: () => Promise<Database>): void {
  describe(title, () => databaseContract(make));
  describe(`${title}, each transaction run twice`, () =>
    databaseContract(async () => new TwiceDatabase(await make())));
}

describe("the contract of a database", () => {
  bothWays("in memory", async () => new MemoryDatabase());

  describe("on a disk", () => {
    let folder: string;
    let files = 0;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "cpns-sqlite-"));
    });
    after(() => rmSync(folder, { recursive: true }));
    bothWays("SQLite", async () => new SqliteDatabase(join(folder, `${files++}.db`), contractLayouts));
  });

  describe("in a server of its own", () => {
    let postgres: TemporaryPostgres | undefined;
    let databases = 0;
    before(async function () {
      postgres = await TemporaryPostgres.start(this);
    });
    after(() => postgres?.remove());
    bothWays("PostgreSQL", async () =>
      PostgresDatabase.open({ url: postgres?.fresh(`contract_${databases++}`) ?? "" }, contractLayouts),
    );
  });
});
