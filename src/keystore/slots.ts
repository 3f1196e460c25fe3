import { ascii, concat, equalBytes, wipe } from "../base/octets.js";
import { type KeyValue, type Log, silentLog } from "../base/ports.js";
import type { Suite } from "../crypto/suite.js";
import { StoreError } from "./errors.js";

/** Format of a slot's value; a newer one is refused, not erased. */
const version = 1;
const headLength = 5;
const checkLength = 8;
const nameLimit = 13;

type SlotName = "a" | "b";
const slotNames = Object.freeze(["a", "b"] as const);

interface Place {
  readonly name: SlotName;
  readonly generation: number;
}

interface Slot extends Place {
  readonly payload: Uint8Array;
}

/** Serial number arithmetic (RFC 1982): right across 2^32, as the two slots are never far apart. */
const newer = (a: Slot, b: Slot): boolean => ((a.generation - b.generation) | 0) > 0;
const other = (name: SlotName): SlotName => (name === "a" ? "b" : "a");

/**
 * One record in two slots, "name.a" and "name.b": version ‖ generation (4) ‖ payload ‖ check value (first 8 octets of
 * SHA-256 over name and all before). A write goes to the slot that does not hold the newest whole value, so that a
 * power cut at any moment leaves the old record or the new one. A slot that is not whole counts as absent and is
 * reported ("store.slotDamaged"). Both slots are looked at once; from then on it is known where the newest value is, and
 * only that is read.
 */
export class SlotRecord {
  readonly #store: KeyValue;
  readonly #suite: Suite;
  readonly #name: string;
  readonly #log: Log;
  /** Where the newest whole value is, "none" when there is none; undefined while nobody knows. */
  #place: Place | "none" | undefined;

  /** `name` at most 13 ASCII characters: flash names have 15. */
  constructor(store: KeyValue, suite: Suite, name: string, log: Log = silentLog) {
    if (name.length > nameLimit) throw new RangeError("slot names have at most 13 characters");
    this.#store = store;
    this.#suite = suite;
    this.#name = name;
    this.#log = log;
  }

  /** The newest whole payload (a copy), or undefined. Throws StoreError("store.version"). */
  read(): Uint8Array | undefined {
    return this.#newest()?.payload;
  }

  /** Durable when it returns. Throws StoreError("store.full" | "store.broken"); the old record then stands. */
  write(payload: Uint8Array): void {
    const place = this.#known();
    this.#writeSlot(place === undefined ? "a" : other(place.name), place?.generation ?? 0, payload);
  }

  /**
   * Writes and then overwrites the older slot too, so that a secret that was replaced does not stay in flash. The
   * new record stands after the first of the two writes; `mend` finishes when power is cut before the second.
   */
  replace(payload: Uint8Array): void {
    this.write(payload);
    this.#overwriteOlder(payload);
  }

  /** For records with secrets, at start: removes what an interrupted write or `replace` left in the older slot. */
  mend(): void {
    const newest = this.#newest();
    if (newest === undefined) {
      this.erase();
      return;
    }
    const older = this.#readSlot(other(newest.name));
    const leftOver =
      older === "damaged" || (older !== undefined && !equalBytes(older.payload, newest.payload));
    if (older !== "damaged") wipe(older?.payload);
    if (leftOver) this.#overwriteOlder(newest.payload);
    wipe(newest.payload);
  }

  /** Makes room: deletes the slot that does not hold the newest whole value. */
  thin(): void {
    const place = this.#known();
    if (place !== undefined) this.#store.delete(this.#key(other(place.name)));
  }

  /** Somebody else has changed the flash: the next use looks at both slots. */
  forget(): void {
    this.#place = undefined;
  }

  /** Overwrites both slots and deletes them. */
  erase(): void {
    this.#place = undefined;
    slotNames.forEach((slot) => {
      eraseValue(this.#store, this.#key(slot));
    });
    this.#place = "none";
  }

  /** When flash is too full to write the same once more, deleting the older slot does as well. */
  #overwriteOlder(payload: Uint8Array): void {
    try {
      this.write(payload);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.thin();
    }
  }

  #key(slot: SlotName): string {
    return `${this.#name}.${slot}`;
  }

  #newest(): Slot | undefined {
    const place = this.#place;
    if (place === "none") return undefined;
    if (place === undefined) return this.#look();
    const slot = this.#wholeSlot(place.name);
    if (slot?.generation === place.generation) return slot;
    // It has been damaged since: the other one may be whole.
    wipe(slot?.payload);
    return this.#look();
  }

  #known(): Place | undefined {
    if (this.#place === undefined) wipe(this.#look()?.payload);
    return this.#place === "none" ? undefined : this.#place;
  }

  #look(): Slot | undefined {
    this.#place = undefined;
    const a = this.#wholeSlot("a");
    const b = this.#wholeSlot("b");
    const newest = a !== undefined && (b === undefined || newer(a, b)) ? a : b;
    wipe(newest === a ? b?.payload : a?.payload);
    this.#place = newest === undefined ? "none" : { name: newest.name, generation: newest.generation };
    return newest;
  }

  #wholeSlot(name: SlotName): Slot | undefined {
    const slot = this.#readSlot(name);
    if (slot !== "damaged") return slot;
    this.#log.event("store.slotDamaged", { slot: this.#key(name) });
    return undefined;
  }

  #readSlot(name: SlotName): Slot | "damaged" | undefined {
    const value = this.#store.read(this.#key(name));
    if (value === undefined) return undefined;
    try {
      const end = value.length - checkLength;
      if (end < headLength || !equalBytes(this.#check(value.subarray(0, end)), value.subarray(end))) {
        return "damaged";
      }
      if (value[0] !== version) throw new StoreError("store.version", `${this.#name} ${value[0]}`);
      const generation = new DataView(value.buffer, value.byteOffset).getUint32(1);
      return { name, generation, payload: value.slice(headLength, end) };
    } finally {
      wipe(value);
    }
  }

  #writeSlot(name: SlotName, lastGeneration: number, payload: Uint8Array): void {
    // Until it is written and read again nobody knows what there is.
    this.#place = undefined;
    const generation = (lastGeneration + 1) >>> 0;
    const head = new Uint8Array(headLength);
    head[0] = version;
    new DataView(head.buffer).setUint32(1, generation);
    const body = concat(head, payload);
    const value = concat(body, this.#check(body));
    try {
      this.#store.write(this.#key(name), value);
      const written = this.#store.read(this.#key(name));
      const kept = written !== undefined && equalBytes(written, value);
      wipe(written);
      if (!kept) throw new StoreError("store.broken", this.#key(name));
      this.#place = { name, generation };
    } finally {
      wipe(body, value);
    }
  }

  #check(body: Uint8Array): Uint8Array {
    return this.#suite.sha256(ascii(this.#name), body).slice(0, checkLength);
  }
}

/** Overwrites a value with zeros of the same length, then deletes it. */
export function eraseValue(store: KeyValue, name: string): void {
  const value = store.read(name);
  if (value === undefined) return;
  try {
    store.write(name, value.fill(0));
  } catch (error) {
    // A full flash has no room for zeros; deleting needs none.
    if (!(error instanceof StoreError)) throw error;
  }
  store.delete(name);
}
