import { equalBytes, wipe } from "../base/octets.js";
import type { Clock } from "../base/ports.js";
import type { Milliseconds } from "../base/units.js";
import { DatabaseError } from "./errors.js";
import { first, never, type ReadRows, type Row, type Rows } from "./port.js";
import { decodeRow, encodeRow, type RowDefinition } from "./row.js";
import { settings } from "./rows/entities.js";
import { masterKeyMark, type Sealer } from "./sealing.js";

export interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
}

/** Reading one table. Rows whose time is over are not there any more, whether they were swept yet or not. */
export interface ReadTable<Value, Column extends string = never> {
  get(key: string): Promise<Value | undefined>;
  /**
   * Those with this value in the column: the soonest to end first, then in the order of their keys; with `after`, those
   * of rows that do not end whose keys come after it.
   */
  find(column: Column, value: string, limit: number, after?: string): Promise<readonly Entry<Value>[]>;
  /** How many rows have this value in a counted column, those that are over and not swept among them. */
  count(column: Column, value: string): Promise<number>;
  /** In the order of their keys, those after `after`, "" for the first page; with `to`, up to this one. */
  page(after: string, limit: number, to?: string): Promise<readonly Entry<Value>[]>;
}

/**
 * One table: text as key, a record as value. What is read is the reader's own copy until the transaction ends, when the
 * secrets in it are wiped.
 */
export interface Table<Value, Column extends string = never> extends ReadTable<Value, Column> {
  /** Throws CodecError for a value out of the bounds of its row, DatabaseError("database.otherKeys"). */
  put(key: string, value: Value): Promise<void>;
  delete(key: string): Promise<void>;
  /** Deletes the row with this value that ends first, or has ended, and returns its key. */
  dropOldest(column: Column, value: string): Promise<string | undefined>;
}

/** Adds to the counter of a value; in the same transaction as what is counted. */
export interface Counters {
  add(counter: string, by: number): Promise<void>;
  get(counter: string): Promise<number>;
}

/** What the tables of one transaction share: rows that were read are not read again. */
export class Scope {
  readonly #rows: Rows | ReadRows;
  readonly #seen = new Map<string, Row | undefined>();
  /** The mark of the master key that seals here, when it is the one that is known. */
  #mark: Row | undefined;
  readonly sealer: Sealer;
  readonly clock: Pick<Clock, "now">;
  /** What was read and had been sealed; wiped by `wipe`. */
  readonly secrets: Uint8Array[] = [];

  constructor(rows: Rows | ReadRows, sealer: Sealer, clock: Pick<Clock, "now">) {
    this.#rows = rows;
    this.sealer = sealer;
    this.clock = clock;
  }

  get reader(): ReadRows {
    return this.#rows;
  }

  async get(table: string, key: string): Promise<Row | undefined> {
    const name = `${table} ${key}`;
    if (!this.#seen.has(name)) this.#seen.set(name, await this.#rows.get(table, key));
    return this.#seen.get(name);
  }

  async put(table: string, row: Row): Promise<void> {
    this.#seen.set(`${table} ${row.key}`, row);
    await this.#writer.put(table, row);
  }

  async delete(table: string, key: string): Promise<void> {
    this.#seen.set(`${table} ${key}`, undefined);
    await this.#writer.delete(table, key);
  }

  wipe(): void {
    wipe(...this.secrets);
  }

  /**
   * Throws DatabaseError("database.otherKeys") when another master key seals here since: what this one seals would be lost
   * with it.
   */
  async maySeal(): Promise<void> {
    const row = await this.get(settings.table, masterKeyMark);
    if (row === undefined || row === this.#mark) return;
    const name = decodeRow(settings, this.sealer, masterKeyMark, row.value).value;
    if (name !== undefined && !equalBytes(name, this.sealer.keyName))
      throw new DatabaseError("database.otherKeys");
    this.#mark = row;
  }

  get #writer(): Rows {
    if (!("put" in this.#rows)) throw new DatabaseError("database.readOnly");
    return this.#rows;
  }
}

const shamRows = new WeakMap<Sealer, Map<string, Row>>();

export class TypedTable<Value, Column extends string> implements Table<Value, Column> {
  readonly #definition: RowDefinition<Value, Column>;
  readonly #scope: Scope;
  readonly #counters: Counters | undefined;

  constructor(definition: RowDefinition<Value, Column>, scope: Scope, counters?: Counters) {
    this.#definition = definition;
    this.#scope = scope;
    this.#counters = counters;
  }

  async get(key: string): Promise<Value | undefined> {
    const row = await this.#scope.get(this.#definition.table, key);
    if (row !== undefined && this.#lasts(row)) return this.#decode(row);
    const { sham } = this.#definition;
    if (sham !== undefined) this.#decode(this.#shamRow(sham));
    return undefined;
  }

  #shamRow(sham: Value): Row {
    const { sealer } = this.#scope;
    const shams = shamRows.get(sealer) ?? new Map<string, Row>();
    shamRows.set(sealer, shams);
    const { table } = this.#definition;
    const made = shams.get(table) ?? {
      key: "",
      value: encodeRow(this.#definition, sealer, "", sham),
      columns: {},
      endsAt: never,
    };
    shams.set(table, made);
    return made;
  }

  async put(key: string, value: Value): Promise<void> {
    const definition = this.#definition;
    const columns: Record<string, string | undefined> = {};
    for (const name of Object.keys(definition.columns) as Column[]) {
      columns[name] = definition.columns[name](value);
    }
    if (definition.secret !== undefined) await this.#scope.maySeal();
    const octets = encodeRow(definition, this.#scope.sealer, key, value);
    await this.#recount(key, columns);
    const endsAt = definition.endsAt(value) ?? never;
    await this.#scope.put(definition.table, { key, value: octets, columns, endsAt });
  }

  async delete(key: string): Promise<void> {
    await this.#recount(key, {});
    await this.#scope.delete(this.#definition.table, key);
  }

  async find(column: Column, value: string, limit: number, after?: string): Promise<readonly Entry<Value>[]> {
    const from = after === undefined ? first : { endsAt: never, key: after };
    const rows = await this.#scope.reader.find(this.#definition.table, column, value, limit, from);
    return this.#entries(rows);
  }

  async count(column: Column, value: string): Promise<number> {
    if (!this.#definition.counted.includes(column)) throw new RangeError(`${column} is not counted`);
    return (await this.#counters?.get(this.#counter(column, value))) ?? 0;
  }

  async page(after: string, limit: number, to?: string): Promise<readonly Entry<Value>[]> {
    const found: Entry<Value>[] = [];
    // Rows that are over take no place: who pages on must not take a page with some of them for the last one.
    for (let from = after; found.length < limit; ) {
      const rows = await this.#scope.reader.page(this.#definition.table, from, limit - found.length, to);
      found.push(...this.#entries(rows));
      const last = rows.at(-1);
      if (last === undefined) break;
      from = last.key;
    }
    return found;
  }

  async dropOldest(column: Column, value: string): Promise<string | undefined> {
    const [row] = await this.#scope.reader.find(this.#definition.table, column, value, 1);
    if (row !== undefined) await this.delete(row.key);
    return row?.key;
  }

  #entries(rows: readonly Row[]): readonly Entry<Value>[] {
    return rows.filter((row) => this.#lasts(row)).map((row) => ({ key: row.key, value: this.#decode(row) }));
  }

  #decode(row: Row): Value {
    return decodeRow(this.#definition, this.#scope.sealer, row.key, row.value, this.#scope.secrets);
  }

  #lasts({ endsAt }: Row): boolean {
    return endsAt === never || isAhead(endsAt, this.#scope.clock.now(), this.#definition.longest);
  }

  #counter(column: Column, value: string): string {
    return `${this.#definition.table}.${column}/${value}`;
  }

  /** One less for what the row was, one more for what it becomes. */
  async #recount(key: string, after: Readonly<Record<string, string | undefined>>): Promise<void> {
    const { counted, table } = this.#definition;
    if (counted.length === 0) return;
    const before = (await this.#scope.get(table, key))?.columns ?? {};
    for (const column of counted) {
      const [old, next] = [before[column], after[column]];
      if (old === next) continue;
      if (old !== undefined) await this.#counters?.add(this.#counter(column, old), -1);
      if (next !== undefined) await this.#counters?.add(this.#counter(column, next), 1);
    }
  }
}

/** A clock that was corrected by as little as this changes nothing. */
export const slack = 60_000;

/**
 * True while an instant lies ahead, and not further than what it was made to last: a clock that was set back must not
 * make a lock, a session or a claim longer than its rule.
 */
export const isAhead = (instant: number, now: Milliseconds, longest: Milliseconds): boolean =>
  instant > now && instant - now <= longest + slack;
