import { ascii, concat, equalBytes, wipe } from "../crypto/bytes.js";
import type { Suite } from "../crypto/suite.js";
import type { KeyValue } from "../ports.js";
import { StoreError } from "./errors.js";

/** Format of a slot's value; a newer one is refused, not erased. */
const version = 1;
const headLength = 5;
const checkLength = 8;

interface Slot {
  readonly generation: number;
  readonly payload: Uint8Array;
}

/**
 * One record in two slots: version ‖ generation (4) ‖ payload ‖ check value (first 8 octets of SHA-256 over name and
 * all before). A write goes to the slot that does not hold the newest whole value, so that a power cut at any moment
 * leaves the old record or the new one.
 */
export class SlotRecord {
  readonly #store: KeyValue;
  readonly #suite: Suite;
  readonly #name: string;

  /** `name` at most 13 characters: flash names have 15. */
  constructor(store: KeyValue, suite: Suite, name: string) {
    this.#store = store;
    this.#suite = suite;
    this.#name = name;
  }

  /** The newest whole payload (a copy), or undefined. Throws StoreError("store.version"). */
  read(): Uint8Array | undefined {
    return this.#newest()?.slot.payload;
  }

  /** Durable when it returns. Throws StoreError("store.full"); the old record then stands. */
  write(payload: Uint8Array): void {
    const newest = this.#newest();
    this.#writeSlot(newest?.name === "a" ? "b" : "a", (newest?.slot.generation ?? 0) + 1, payload);
  }

  /**
   * Writes and then overwrites the older slot too, so that a secret that was replaced does not stay in flash. A
   * power cut between the two leaves the new record; the next `write` or `replace` overwrites the old slot.
   */
  replace(payload: Uint8Array): void {
    this.write(payload);
    this.write(payload);
  }

  /** Overwrites both slots with zeros of the same length, then deletes them. */
  erase(): void {
    for (const slot of ["a", "b"]) {
      const name = `${this.#name}.${slot}`;
      const value = this.#store.read(name);
      if (value === undefined) continue;
      this.#store.write(name, new Uint8Array(value.length));
      this.#store.delete(name);
    }
  }

  #newest(): { readonly name: "a" | "b"; readonly slot: Slot } | undefined {
    const a = this.#readSlot("a");
    const b = this.#readSlot("b");
    if (a !== undefined && (b === undefined || a.generation > b.generation)) {
      wipe(b?.payload);
      return { name: "a", slot: a };
    }
    wipe(a?.payload);
    return b && { name: "b", slot: b };
  }

  #readSlot(slot: "a" | "b"): Slot | undefined {
    const value = this.#store.read(`${this.#name}.${slot}`);
    if (value === undefined || value.length < headLength + checkLength) return undefined;
    const end = value.length - checkLength;
    const check = this.#check(value.subarray(0, end));
    if (!equalBytes(check, value.subarray(end))) {
      wipe(value);
      return undefined;
    }
    if (value[0] !== version) throw new StoreError("store.version", `${this.#name} ${value[0]}`);
    const generation = new DataView(value.buffer, value.byteOffset).getUint32(1);
    const payload = value.slice(headLength, end);
    wipe(value);
    return { generation, payload };
  }

  #writeSlot(slot: "a" | "b", generation: number, payload: Uint8Array): void {
    // 2^32 generations are 40 times the writes that flash survives.
    const head = new Uint8Array(headLength);
    head[0] = version;
    new DataView(head.buffer).setUint32(1, generation);
    const body = concat(head, payload);
    const value = concat(body, this.#check(body));
    this.#store.write(`${this.#name}.${slot}`, value);
    wipe(body, value);
  }

  #check(body: Uint8Array): Uint8Array {
    return this.#suite.sha256(ascii(this.#name), body).slice(0, checkLength);
  }
}
