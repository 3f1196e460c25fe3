import type Libsql from "libsql";
import { DatabaseError } from "../../../src/database/errors.js";
import type { Database, ReadRows, Rows, TableLayout } from "../../../src/database/port.js";
import { openFile } from "./openFile.js";
import { creation, migrations } from "./sql.js";
import { asked, dialect, named, SqliteTables, type Statement } from "./sqliteTables.js";

/** How long it waits for another process that writes; in milliseconds. */
const patience = 5_000;

/** A transaction that waits for its turn. */
interface Waiting {
  work(): Promise<unknown>;
  done(result: unknown): void;
  failed(error: unknown): void;
}

/** Transactions that are committed at once. */
const maximumGroup = 256;

/**
 * The Server's database in one file, by libsql (SQLite 3): WAL, synchronous FULL, transactions BEGIN IMMEDIATE, one
 * after the other in this process. Other processes may use the file at the same time; they wait for each other.
 */
export class SqliteDatabase implements Database {
  readonly #db: Libsql.Database;
  readonly #tables: SqliteTables;
  #last: Promise<unknown> = Promise.resolve();
  /** Transactions that have not begun. */
  readonly #waiting: Waiting[] = [];
  #closed = false;
  /** Each transaction has its own: they are compiled once. */
  readonly #savepoint: Statement;
  readonly #release: Statement;

  /**
   * Opens or makes the file, and brings it up to this release. Throws DatabaseError: "database.away" when the file
   * cannot be used, "database.newer" when a later release has written it; the system's error where there can be no file.
   */
  constructor(file: string, layouts: readonly TableLayout[]) {
    this.#db = openFile(file, { timeout: patience });
    try {
      this.#db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    } catch (error) {
      throw named(error);
    }
    try {
      this.#migrate(layouts);
      this.#tables = new SqliteTables(this.#db, layouts);
      this.#savepoint = this.#db.prepare("SAVEPOINT one");
      this.#release = this.#db.prepare("RELEASE one");
    } catch (error) {
      this.#db.close();
      throw named(error);
    }
  }

  #migrate(layouts: readonly TableLayout[]): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const { user_version: version } = this.#db.prepare("PRAGMA user_version").get() as {
        user_version: number;
      };
      if (version > migrations.length) throw new DatabaseError("database.newer", `version ${version}`);
      // A table of version 0 is made as it is now.
      const steps = version === 0 ? [] : migrations.slice(version);
      for (const layout of layouts) for (const sql of creation(layout, dialect)) this.#db.exec(sql);
      for (const step of steps) for (const sql of step(dialect)) this.#db.exec(sql);
      this.#db.exec(`PRAGMA user_version = ${migrations.length}`);
      this.#db.exec("COMMIT");
    } catch (error) {
      this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  /**
   * Those that come while others are written are committed together: making a commit durable takes a disk some
   * milliseconds, however much is in it. Nobody hears of his before all are durable.
   */
  transaction<T>(work: (rows: Rows) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const done = (result: unknown): void => resolve(result as T);
      this.#waiting.push({ work: () => work(this.#tables.rows), done, failed: reject });
      if (this.#waiting.length === 1) void this.#turn(() => this.#group());
    });
  }

  read<T>(work: (rows: ReadRows) => Promise<T>): Promise<T> {
    return this.#turn(async () => {
      this.#exec("BEGIN");
      try {
        return await work(this.#tables.reader);
      } finally {
        if (this.#db.inTransaction) this.#exec("ROLLBACK");
      }
    });
  }

  /** After what has begun. */
  #turn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work);
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #group(): Promise<void> {
    // Whatever else has arrived by now comes in first.
    await new Promise((resolve) => setImmediate(resolve));
    const group = this.#waiting.splice(0, maximumGroup);
    if (this.#waiting.length > 0) void this.#turn(() => this.#group());
    try {
      this.#begin();
      const settled = (await this.#together(group)) ?? (await this.#apart(group));
      this.#exec("COMMIT");
      for (const settle of settled) settle();
    } catch (error) {
      // A failed COMMIT may have ended it; then there is nothing to roll back.
      if (!this.#closed && this.#db.inTransaction) this.#exec("ROLLBACK");
      for (const { failed } of group) failed(error);
    } finally {
      this.#tables.forget();
    }
  }

  #begin(): void {
    this.#tables.forget();
    this.#exec("BEGIN IMMEDIATE");
  }

  /** What to tell whom once the group is durable; undefined when one has failed that had written: all of it is undone. */
  async #together(group: readonly Waiting[]): Promise<readonly (() => void)[] | undefined> {
    const settled: (() => void)[] = [];
    for (const { work, done, failed } of group) {
      const before = this.#tables.writes;
      try {
        const result = await work();
        settled.push(() => done(result));
      } catch (error) {
        if (!this.#db.inTransaction) throw error;
        if (this.#tables.writes !== before) {
          this.#exec("ROLLBACK");
          return undefined;
        }
        settled.push(() => failed(error));
      }
    }
    return settled;
  }

  /** Each from the start again, and what one of them has written can be undone: that costs SQLite as much as writing it. */
  async #apart(group: readonly Waiting[]): Promise<readonly (() => void)[]> {
    this.#begin();
    const settled: (() => void)[] = [];
    for (const one of group) settled.push(await this.#run(one));
    return settled;
  }

  /** One of a group: what to tell whom once the group is durable. Throws when the whole group is lost. */
  async #run({ work, done, failed }: Waiting): Promise<() => void> {
    this.#step(this.#savepoint);
    try {
      const result = await work();
      this.#step(this.#release);
      return () => done(result);
    } catch (error) {
      // A full disk ends everything that was begun.
      if (!this.#db.inTransaction) throw error;
      this.#exec("ROLLBACK TO one");
      this.#tables.forget();
      this.#step(this.#release);
      return () => failed(error);
    }
  }

  /** The binding ends the program when a database is used that was closed. */
  #needOpen(): void {
    if (this.#closed) throw new DatabaseError("database.away", "closed");
  }

  #step(statement: Statement): void {
    this.#needOpen();
    asked(() => statement.run());
  }

  #exec(sql: string): void {
    this.#needOpen();
    try {
      this.#db.exec(sql);
    } catch (error) {
      throw named(error);
    }
  }

  /** Waits for transactions that have begun; the log of the WAL goes into the file. */
  async close(): Promise<void> {
    await this.#last;
    if (this.#closed) return;
    this.#closed = true;
    // The binding's statements keep the connection open until they are collected: closing alone leaves the log.
    asked(() => this.#db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all());
    this.#db.close();
  }

  /** What SQLite finds wrong with its file, a line each; reads all of it. */
  damage(): Promise<readonly string[]> {
    return this.#turn(async () => {
      this.#needOpen();
      const found = asked(() => this.#db.prepare("PRAGMA quick_check(20)").all());
      const lines = found.map((one) => String((one as { quick_check: unknown }).quick_check));
      return lines.filter((line) => line !== "ok");
    });
  }
}
