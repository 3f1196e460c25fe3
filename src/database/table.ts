import type { Milliseconds } from "../base/units.js";
import { first, never, type Row } from "./port.js";
import { decodeRow, decodeSealed, encodeRow, encodeSealed, type RowDefinition } from "./row.js";
import type { Scope } from "./scope.js";
import type { RowSealer, Sealer } from "./sealing.js";

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
    const { sham, table } = this.#definition;
    const row = await this.#scope.get(table, key);
    if (row !== undefined && this.#lasts(row)) return this.#open(row, this.#scope.sealing(table, key));
    if (sham !== undefined) this.#open(this.#shamRow(sham), this.#scope.sealing(table, "", key));
    return undefined;
  }

  #open(row: Row, sealer: RowSealer): Value {
    return decodeSealed(this.#definition, sealer, row.value, this.#scope.secrets);
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
    for (const name in definition.columns) columns[name] = definition.columns[name](value);
    if (definition.secret !== undefined) await this.#scope.maySeal();
    const octets = encodeSealed(definition, this.#scope.sealing(definition.table, key), value);
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
    return this.#entries(rows, (row) =>
      this.#open(row, this.#scope.sealing(this.#definition.table, row.key)),
    );
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
      found.push(...this.#entries(rows, (row) => this.#decode(row)));
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

  #entries(rows: readonly Row[], decoded: (row: Row) => Value): readonly Entry<Value>[] {
    return rows.filter((row) => this.#lasts(row)).map((row) => ({ key: row.key, value: decoded(row) }));
  }

  /** Of a listing, whose rows are many and read once. */
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
