import type { KeyValue } from "../../src/base/ports.js";
import { StoreError } from "../../src/keystore/errors.js";
import { SeededRandom } from "./seededRandom.js";

/** How far the operation got that the power cut met. */
export const cuts = Object.freeze(["before", "prefix", "garbage", "mixed", "vanished", "after"] as const);
export type Cut = (typeof cuts)[number];

export class PowerCut extends Error {}

/**
 * Flash in memory that loses power at a chosen write or delete, and worse than NVS does: what is being written may be
 * left half, as garbage, mixed with what was there before, or gone. Like NVS it needs room for the new value before it
 * lets go of the old one.
 */
export class MemoryStore implements KeyValue {
  readonly #values = new Map<string, Uint8Array>();
  readonly #random: SeededRandom;
  #cut: { readonly at: number; readonly how: Cut } | undefined;
  #dead = false;
  /** Writes and deletes so far. */
  operations = 0;
  /** Octets of values. */
  capacity = Number.POSITIVE_INFINITY;

  constructor(seed = 1) {
    this.#random = new SeededRandom(seed);
  }

  /** Another flash with the same values. */
  clone(): MemoryStore {
    const clone = new MemoryStore();
    for (const [name, value] of this.#values) clone.#values.set(name, value.slice());
    return clone;
  }

  /** Cuts power at the n-th write or delete from now, n from 1. */
  cutPower(n: number, how: Cut): void {
    this.#cut = { at: this.operations + n, how };
  }

  /** Power is back; what is in flash stays. */
  reboot(): void {
    this.#dead = false;
    this.#cut = undefined;
  }

  read(name: string): Uint8Array | undefined {
    if (this.#dead) throw new PowerCut();
    return this.#values.get(name)?.slice();
  }

  write(name: string, value: Uint8Array): void {
    if (name.length > 15) throw new RangeError("name");
    const old = this.#values.get(name);
    this.#operate(
      () => {
        if (this.used + value.length > this.capacity) throw new StoreError("store.full");
        this.#values.set(name, value.slice());
      },
      (how) => this.#tear(name, old, value, how),
    );
  }

  delete(name: string): void {
    const old = this.#values.get(name);
    this.#operate(
      () => this.#values.delete(name),
      (how) => {
        if (old !== undefined) this.#tear(name, old, new Uint8Array(old.length), how);
      },
    );
  }

  /** The latest first: flash promises no order, and this is the one that a reset's mark fears. */
  names(): string[] {
    if (this.#dead) throw new PowerCut();
    return [...this.#values.keys()].reverse();
  }

  get used(): number {
    let used = 0;
    for (const value of this.#values.values()) used += value.length;
    return used;
  }

  /** True when these octets stand anywhere in flash. */
  contains(octets: Uint8Array): boolean {
    for (const value of this.#values.values()) {
      for (let at = 0; at + octets.length <= value.length; at++) {
        if (octets.every((octet, i) => octet === value[at + i])) return true;
      }
    }
    return false;
  }

  #operate(whole: () => void, torn: (how: Cut) => void): void {
    if (this.#dead) throw new PowerCut();
    this.operations++;
    if (this.operations !== this.#cut?.at) {
      whole();
      return;
    }
    const { how } = this.#cut;
    if (how === "after") whole();
    else if (how !== "before") torn(how);
    this.#dead = true;
    throw new PowerCut();
  }

  #tear(name: string, old: Uint8Array | undefined, value: Uint8Array, how: Cut): void {
    const half = value.length >> 1;
    if (how === "vanished") this.#values.delete(name);
    else if (how === "prefix") this.#values.set(name, value.slice(0, half));
    else if (how === "garbage") this.#values.set(name, this.#random.octets(value.length));
    else {
      const mixed = value.slice();
      if (old !== undefined) mixed.set(old.subarray(half, value.length), half);
      this.#values.set(name, mixed);
    }
  }
}
