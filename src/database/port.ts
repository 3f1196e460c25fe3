import type { Milliseconds } from "../base/units.js";

/*
 * What the Server needs of a database: tables of octets by key, a few columns to look them up by, and transactions.
 * Memory (simulator, tests), SQLite and PostgreSQL are behind it; what the octets mean is the business of the rows.
 */

/** One row as a database keeps it. */
export interface Row {
  /** 1 to 250 characters of printable ASCII. */
  readonly key: string;
  readonly value: Uint8Array;
  /** By name of the table's layout; up to 250 characters of printable ASCII. A row without one is not found by it. */
  readonly columns: Readonly<Record<string, string | undefined>>;
  /** From when on it may be swept: an integer up to `never`. */
  readonly endsAt: number;
}

/** The end of what does not end. */
export const never = Number.MAX_SAFE_INTEGER;

/** After every key. */
export const lastKey = "\x7f";

/** Before every row in the order of `find`. */
export const first: Pick<Row, "endsAt" | "key"> = Object.freeze({
  endsAt: Number.MIN_SAFE_INTEGER,
  key: "",
});

export interface TableLayout {
  /** A name of SQL, lower case, with underscores. */
  readonly name: string;
  readonly columns: readonly string[];
}

export interface ReadRows {
  get(table: string, key: string): Promise<Row | undefined>;
  /**
   * Those with this value in the column: the soonest to end first, then in the order of their keys; with `after`, those
   * that come after it in this order.
   */
  find(
    table: string,
    column: string,
    value: string,
    limit: number,
    after?: Pick<Row, "endsAt" | "key">,
  ): Promise<readonly Row[]>;
  /** Keys of those that end at `now` or before, the soonest first. */
  due(table: string, now: Milliseconds, limit: number): Promise<readonly string[]>;
  /** In the order of their keys, those after this one, "" for the first page; with `to`, up to this one. */
  page(table: string, after: string, limit: number, to?: string): Promise<readonly Row[]>;
}

export interface Rows extends ReadRows {
  /** In place of the row with this key, if there is one. */
  put(table: string, row: Row): Promise<void>;
  delete(table: string, key: string): Promise<void>;
}

/**
 * A database. Every row that it hands out is the caller's own copy, and what it is given it copies. Throws
 * DatabaseError: `database.away`, `database.conflict`.
 */
export interface Database {
  /**
   * Runs `work` as if alone and makes its writes durable, all or none: none when it throws. `work` may run more than
   * once, when others were faster; it must have no effect but on the rows, and await nothing else.
   */
  transaction<T>(work: (rows: Rows) => Promise<T>): Promise<T>;
  /** Runs `work` over one state of the tables, without writing. */
  read<T>(work: (rows: ReadRows) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
