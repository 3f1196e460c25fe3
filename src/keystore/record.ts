import { wipe } from "../base/octets.js";
import { decode, encode, type Schema } from "../codec/schema.js";
import { StoreError } from "./errors.js";
import type { SlotRecord } from "./slots.js";

/** A value of a schema without secrets, read from flash once and then kept. */
export class KeptRecord<T> {
  readonly slots: SlotRecord;
  readonly #record: StoredRecord<T>;
  #kept: { readonly value: T | undefined } | undefined;

  constructor(slots: SlotRecord, schema: Schema<T>) {
    this.slots = slots;
    this.#record = new StoredRecord(slots, schema);
  }

  /** Not to be changed, or undefined. Throws StoreError("store.version"). */
  get value(): T | undefined {
    this.#kept ??= { value: this.#record.read() };
    return this.#kept.value;
  }

  /** See SlotRecord.write. */
  write(value: T): void {
    this.forget();
    this.#record.write(value);
    this.#kept = { value };
  }

  /** The next look goes to flash. */
  forget(): void {
    this.#kept = undefined;
  }
}

/** A value of a schema in two slots. What is read and what is encoded on the way are the only copies; both end wiped. */
export class StoredRecord<T> {
  readonly slots: SlotRecord;
  readonly #schema: Schema<T>;

  constructor(slots: SlotRecord, schema: Schema<T>) {
    this.slots = slots;
    this.#schema = schema;
  }

  /** A fresh value whose secrets the caller wipes, or undefined. Throws StoreError("store.version"). */
  read(): T | undefined {
    const octets = this.slots.read();
    if (octets === undefined) return undefined;
    try {
      return decode(this.#schema, octets);
    } catch {
      // The check value held, so this is not flash: another firmware wrote a form that we do not know.
      throw new StoreError("store.version");
    } finally {
      wipe(octets);
    }
  }

  /** See SlotRecord.write. */
  write(value: T): void {
    this.#encoded(value, (octets) => this.slots.write(octets));
  }

  /** See SlotRecord.replace: for values with secrets. */
  replace(value: T): void {
    this.#encoded(value, (octets) => this.slots.replace(octets));
  }

  #encoded(value: T, put: (octets: Uint8Array) => void): void {
    const octets = encode(this.#schema, value);
    try {
      put(octets);
    } finally {
      wipe(octets);
    }
  }
}
