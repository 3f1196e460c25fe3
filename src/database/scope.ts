import { equalBytes, wipe } from "../base/octets.js";
import type { Clock } from "../base/ports.js";
import { DatabaseError } from "./errors.js";
import type { ReadRows, Row, Rows } from "./port.js";
import { decodeRow } from "./row.js";
import { settings } from "./rows/entities.js";
import { masterKeyMark, type RowSealer, type Sealer } from "./sealing.js";

/** One row in a transaction: what it is, once it was read or written, and who seals it. */
interface Place {
  read: boolean;
  row: Row | undefined;
  sealer: RowSealer | undefined;
}

/** What the tables of one transaction share: rows that were read are not read again, nor opened again. */
export class Scope {
  readonly #rows: Rows | ReadRows;
  readonly #places = new Map<string, Place>();
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
    const place = this.#place(`${table} ${key}`);
    if (place.read) return place.row;
    const row = await this.#rows.get(table, key);
    if (!place.read) this.#is(place, row);
    return place.row;
  }

  async put(table: string, row: Row): Promise<void> {
    this.#is(this.#place(`${table} ${row.key}`), row);
    await this.#writer.put(table, row);
  }

  async delete(table: string, key: string): Promise<void> {
    this.#is(this.#place(`${table} ${key}`), undefined);
    await this.#writer.delete(table, key);
  }

  #is(place: Place, row: Row | undefined): void {
    place.read = true;
    place.row = row;
  }

  #place(name: string): Place {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = { read: false, row: undefined, sealer: undefined };
    this.#places.set(name, place);
    return place;
  }

  /**
   * Who seals and opens this row in this transaction; `standsFor` is the key of the row in whose place one is opened that
   * is the same for all.
   */
  sealing(table: string, key: string, standsFor?: string): RowSealer {
    const place = this.#place(standsFor === undefined ? `${table} ${key}` : `no ${table} ${standsFor}`);
    place.sealer ??= this.sealer.row(table, key);
    return place.sealer;
  }

  wipe(): void {
    wipe(...this.secrets);
    this.wipeSealers();
  }

  /** What was read stays the reader's. */
  wipeSealers(): void {
    for (const { sealer } of this.#places.values()) sealer?.wipe();
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
