import type Libsql from "libsql";
import { DatabaseError } from "../../../src/database/errors.js";
import {
  first,
  lastKey,
  type ReadRows,
  type Row,
  type Rows,
  type TableLayout,
} from "../../../src/database/port.js";
import { type Dialect, type Statements, statements } from "./sql.js";

export const dialect: Dialect = Object.freeze({
  octets: "BLOB",
  integer: "INTEGER",
  text: "TEXT",
  parameter: () => "?",
});

export type Statement = Libsql.Statement<unknown[]>;
interface Prepared extends Record<Exclude<keyof Statements, "find">, Statement> {
  readonly columns: readonly string[];
  readonly find: Readonly<Record<string, Statement>>;
  /** Another value for a row whose end and columns stay: no index is written. */
  readonly change: Statement;
}

function prepare(db: Libsql.Database, layout: TableLayout): Prepared {
  const { find, ...others } = statements(layout, dialect);
  const prepared = Object.entries(others).map(([name, sql]) => [name, db.prepare(sql)]);
  const finds = Object.entries(find).map(([column, sql]) => [column, db.prepare(sql)]);
  return {
    ...(Object.fromEntries(prepared) as Record<Exclude<keyof Statements, "find">, Statement>),
    columns: layout.columns,
    find: Object.fromEntries(finds) as Record<string, Statement>,
    change: db.prepare(`UPDATE ${layout.name} SET value = ? WHERE key = ?`),
  };
}

/** Rows that are kept at most: a back-up is put back in one transaction. */
const mostKnown = 4_096;

/** The rows of a database in SQLite, by statements that are compiled once. */
export class SqliteTables {
  readonly #tables: ReadonlyMap<string, Prepared>;
  /**
   * Rows that were read or written since SQLite's own transaction began, which lets nobody else write: asking it again
   * costs ten times as much as a copy.
   */
  readonly #known = new Map<string, Row | undefined>();
  #writes = 0;

  constructor(db: Libsql.Database, layouts: readonly TableLayout[]) {
    this.#tables = new Map(layouts.map((layout) => [layout.name, prepare(db, layout)]));
  }

  /** How many there have been: a transaction that has added none leaves nothing to undo. */
  get writes(): number {
    return this.#writes;
  }

  /** Rows that are kept now. */
  get known(): number {
    return this.#known.size;
  }

  #keep(name: string, row: Row | undefined): void {
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(name, row);
  }

  /** When a transaction of SQLite's begins or ends, or what was written is undone. */
  forget(): void {
    this.#known.clear();
  }

  #table(name: string): Prepared {
    const table = this.#tables.get(name);
    if (table === undefined) throw new RangeError(`no table ${name}`);
    return table;
  }

  #row(table: string, found: unknown): Row {
    const fields = found as Readonly<Record<string, unknown>>;
    const columns: Record<string, string | undefined> = {};
    for (const column of this.#table(table).columns) {
      columns[column] = (fields[`by_${column}`] as string | null) ?? undefined;
    }
    return {
      key: fields.key as string,
      value: copyOf(fields.value as Uint8Array | ArrayBuffer),
      endsAt: fields.ends_at as number,
      columns,
    };
  }

  #get(table: string, key: string): Row | undefined {
    const found = asked(() => this.#table(table).get.get(key));
    return found === undefined ? undefined : this.#row(table, found);
  }

  /** For who only reads: nothing is known beforehand. */
  readonly reader: ReadRows = {
    get: async (table, key) => this.#get(table, key),
    find: async (table, column, value, limit, { endsAt, key } = first) => {
      const statement = this.#table(table).find[column];
      if (statement === undefined) throw new RangeError(`${table} is not looked up by ${column}`);
      return asked(() => statement.all(value, endsAt, key, limit)).map((one) => this.#row(table, one));
    },
    due: async (table, now, limit) =>
      asked(() => this.#table(table).due.all(now, limit)).map((one) => (one as { key: string }).key),
    page: async (table, after, limit, to = lastKey) =>
      asked(() => this.#table(table).page.all(after, to, limit)).map((one) => this.#row(table, one)),
  };

  /** Inside a transaction that writes. */
  readonly rows: Rows = {
    ...this.reader,
    get: async (table, key) => {
      const name = `${table} ${key}`;
      if (!this.#known.has(name)) this.#keep(name, this.#get(table, key));
      const row = this.#known.get(name);
      return row && copied(row);
    },
    put: async (table, row) => {
      this.#writes++;
      const { change, put, columns } = this.#table(table);
      const { key, value, endsAt } = row;
      const name = `${table} ${key}`;
      const before = this.#known.get(name);
      this.#known.delete(name);
      if (before !== undefined && staysInPlace(columns, before, row)) asked(() => change.run(value, key));
      else asked(() => put.run(key, value, endsAt, ...columns.map((column) => row.columns[column] ?? null)));
      this.#keep(name, copied(row));
    },
    delete: async (table, key) => {
      this.#writes++;
      const name = `${table} ${key}`;
      this.#known.delete(name);
      asked(() => this.#table(table).delete.run(key));
      this.#keep(name, undefined);
    },
  };
}

/** Whether all indexes have it where they had it before. */
const staysInPlace = (columns: readonly string[], before: Row, after: Row): boolean =>
  before.endsAt === after.endsAt &&
  columns.every((column) => before.columns[column] === after.columns[column]);

const copied = ({ key, value, endsAt, columns }: Row): Row => ({
  key,
  value: Uint8Array.from(value),
  endsAt,
  columns: { ...columns },
});

/** The binding hands out an array of its own, or a buffer. */
const copyOf = (blob: Uint8Array | ArrayBuffer): Uint8Array =>
  blob instanceof ArrayBuffer ? new Uint8Array(blob.slice(0)) : Uint8Array.from(blob);

export function asked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw named(error);
  }
}

/** SQLite's own errors by our names: waited too long for another writer, or the file cannot be used. */
export function named(error: unknown): unknown {
  if (error instanceof DatabaseError || !(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  if (typeof code !== "string" || !code.startsWith("SQLITE_")) return error;
  if (code.startsWith("SQLITE_BUSY")) return new DatabaseError("database.conflict", code);
  return new DatabaseError("database.away", code);
}
