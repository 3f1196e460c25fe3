import pg from "pg";
import { DatabaseError } from "../../../src/database/errors.js";
import {
  type Database,
  first,
  lastKey,
  type ReadRows,
  type Row,
  type Rows,
  type TableLayout,
} from "../../../src/database/port.js";
import { creation, type Dialect, migrations, type Statements, statements } from "./sql.js";

const dialect: Dialect = Object.freeze<Dialect>({
  octets: "BYTEA",
  integer: "BIGINT",
  // Ordered by its octets, as every other database here does.
  text: 'TEXT COLLATE "C"',
  parameter: (n: number) => `$${n}`,
});

export interface PostgresOptions {
  /** postgres://user:password@host:port/database, or what libpq's environment says. */
  readonly url?: string;
  /** Connections at once; two unless told. */
  readonly connections?: number;
}

/**
 * More at once get in each other's way: SERIALIZABLE locks pages of indexes, and of a table with few rows all are on the
 * same ones. Of two a second 112 authentications came through, of three 104, of ten 73, and enrolments were given up.
 */
const usualConnections = 2;
/** Tries of a transaction before it counts as a conflict; waits grow to a quarter of a second. */
const maximumTries = 30;
/** For a connection, and for a statement; in milliseconds. */
const patience = 5_000;
/** Any number, the same in every instance: who holds the lock of this name brings the tables up to date. */
const migrationLock = 0x43504e53;

/**
 * The Server's database in PostgreSQL, for several Servers at once: SERIALIZABLE transactions, tried again when others
 * were faster (40001, 40P01). Anything that speaks PostgreSQL's protocol and has such transactions will do.
 */
export class PostgresDatabase implements Database {
  readonly #pool: pg.Pool;
  readonly #tables: ReadonlyMap<string, Statements & { readonly columns: readonly string[] }>;

  private constructor(pool: pg.Pool, layouts: readonly TableLayout[]) {
    this.#pool = pool;
    this.#tables = new Map(
      layouts.map((layout) => [layout.name, { ...statements(layout, dialect), columns: layout.columns }]),
    );
  }

  /** Connects and brings the tables up to this release. Throws DatabaseError: "database.away", "database.newer". */
  static async open(options: PostgresOptions, layouts: readonly TableLayout[]): Promise<PostgresDatabase> {
    const pool = new pg.Pool({
      ...(options.url !== undefined && { connectionString: options.url }),
      max: options.connections ?? usualConnections,
      connectionTimeoutMillis: patience,
      query_timeout: patience,
      application_name: "cpns",
    });
    // A connection that breaks while nobody uses it is no error: the next one is made when it is wanted.
    pool.on("error", () => undefined);
    const database = new PostgresDatabase(pool, layouts);
    try {
      await database.#migrate(layouts);
      return database;
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  async #migrate(layouts: readonly TableLayout[]): Promise<void> {
    const client = await this.#connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock($1)", [migrationLock]);
      await client.query("CREATE TABLE IF NOT EXISTS cpns_version (version INTEGER NOT NULL)");
      const { rows } = await client.query<{ version: number }>("SELECT version FROM cpns_version");
      const version = rows[0]?.version ?? 0;
      if (version > migrations.length) throw new DatabaseError("database.newer", `version ${version}`);
      for (const layout of layouts) for (const sql of creation(layout, dialect)) await client.query(sql);
      const steps = version === 0 ? [] : migrations.slice(version);
      for (const step of steps) for (const sql of step(dialect)) await client.query(sql);
      await client.query("DELETE FROM cpns_version");
      await client.query("INSERT INTO cpns_version VALUES ($1)", [migrations.length]);
      await client.query("COMMIT");
      client.release();
    } catch (error) {
      client.release(true);
      throw named(error);
    }
  }

  transaction<T>(work: (rows: Rows) => Promise<T>): Promise<T> {
    return this.#tried("BEGIN ISOLATION LEVEL SERIALIZABLE", (client) => work(this.#rows(client)));
  }

  read<T>(work: (rows: ReadRows) => Promise<T>): Promise<T> {
    return this.#tried("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", (client) =>
      work(this.#reader(client)),
    );
  }

  async #tried<T>(begin: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once(begin, work);
      } catch (thrown) {
        const error = named(thrown);
        if (!(error instanceof Conflict)) throw error;
        if (tries >= maximumTries) throw new DatabaseError(conflict);
        const most = Math.min(250, 2 ** tries);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * most));
      }
    }
  }

  async #once<T>(begin: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    let broken = false;
    try {
      await client.query(begin);
      const result = await work(client);
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {
        broken = true;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw new DatabaseError("database.away", error instanceof Error ? error.message : "no connection");
    }
  }

  #table(name: string): Statements & { readonly columns: readonly string[] } {
    const table = this.#tables.get(name);
    if (table === undefined) throw new RangeError(`no table ${name}`);
    return table;
  }

  #reader(client: pg.PoolClient): ReadRows {
    const ask = async (table: string, what: string, text: string, values: unknown[]): Promise<unknown[]> =>
      (await asked(client, { name: `${what} ${table}`, text, values })).rows;
    return {
      get: async (table, key) => {
        const [found] = await ask(table, "get", this.#table(table).get, [key]);
        return found === undefined ? undefined : this.#row(table, found);
      },
      find: async (table, column, value, limit, { endsAt, key } = first) => {
        const text = this.#table(table).find[column];
        if (text === undefined) throw new RangeError(`${table} is not looked up by ${column}`);
        const found = await ask(table, `find ${column}`, text, [value, endsAt, key, limit]);
        return found.map((one) => this.#row(table, one));
      },
      due: async (table, now, limit) =>
        (await ask(table, "due", this.#table(table).due, [now, limit])).map(
          (one) => (one as { key: string }).key,
        ),
      page: async (table, after, limit, to = lastKey) =>
        (await ask(table, "page", this.#table(table).page, [after, to, limit])).map((one) =>
          this.#row(table, one),
        ),
    };
  }

  #rows(client: pg.PoolClient): Rows {
    return {
      ...this.#reader(client),
      put: async (table, { key, value, endsAt, columns }) => {
        const { put: text, columns: named } = this.#table(table);
        const values = [key, value, endsAt, ...named.map((column) => columns[column] ?? null)];
        await asked(client, { name: `put ${table}`, text, values });
      },
      delete: async (table, key) => {
        await asked(client, { name: `delete ${table}`, text: this.#table(table).delete, values: [key] });
      },
    };
  }

  #row(table: string, found: unknown): Row {
    const fields = found as Readonly<Record<string, unknown>>;
    const columns: Record<string, string | undefined> = {};
    for (const column of this.#table(table).columns) {
      columns[column] = (fields[`by_${column}`] as string | null) ?? undefined;
    }
    // Copied: it may be a part of what the driver has read from its socket.
    const value = Uint8Array.from(fields.value as Uint8Array);
    return { key: fields.key as string, value, endsAt: Number(fields.ends_at), columns };
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code;

const isConflict = (error: unknown): boolean => ["40001", "40P01"].includes(String(codeOf(error)));
const conflict = "database.conflict";
/** What PostgreSQL itself has found: tried again. */
class Conflict extends DatabaseError {}

/** Asks inside of a transaction's work, which hears of the database's errors by our names: they are no faults of its own. */
async function asked(client: pg.PoolClient, query: pg.QueryConfig): Promise<pg.QueryResult> {
  try {
    return await client.query(query);
  } catch (error) {
    throw named(error);
  }
}

/** A replica, or a database that an operator, or the machine for want of room, has told to write nothing. */
const onlyReads = "25006";

/** What the driver and the operating system say when the database is not there, has no room, or shuts down. */
function named(error: unknown): unknown {
  if (error instanceof DatabaseError || !(error instanceof Error)) return error;
  if (isConflict(error)) return new Conflict(conflict, String(codeOf(error)));
  const code = String(codeOf(error) ?? "");
  const away =
    /^(08|53|57P|58)/.test(code) ||
    code === onlyReads ||
    /^E[A-Z]+$/.test(code) ||
    /terminated|timeout|not queryable/i.test(error.message);
  return away ? new DatabaseError("database.away", code || error.message) : error;
}
