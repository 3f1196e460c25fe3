import type { KeyValue } from "../../../src/ports.js";
import { StoreError } from "../../../src/store/errors.js";

/** Unwinds everything that the device was doing: the host catches it and the device is off. */
export class PowerCut extends Error {
  constructor() {
    super("power cut");
    this.name = "PowerCut";
  }
}

/** When the power fails: before the n-th write or delete from now, in its middle, or right after it. */
export interface CutPlan {
  readonly atWrite: number;
  readonly manner: "before" | "torn" | "after";
}

export const maximumName = 15;
export const maximumValue = 4000;

/** Flash of one device, which outlives its restarts: key-value storage with the limits of NVS and power cuts. */
export class VirtualFlash implements KeyValue {
  readonly #values = new Map<string, Uint8Array>();
  readonly capacity: number;
  #cut: CutPlan | undefined;
  #writes = 0;

  constructor(capacity = 20_000) {
    this.capacity = capacity;
  }

  /** Writes and deletes so far. */
  get writes(): number {
    return this.#writes;
  }

  get used(): number {
    let used = 0;
    for (const value of this.#values.values()) used += 32 + value.length;
    return used;
  }

  /** Plans a power cut, counted from now (1 = the next write). */
  cutPower(plan: CutPlan | undefined): void {
    this.#cut = plan && { ...plan, atWrite: this.#writes + plan.atWrite };
  }

  read(name: string): Uint8Array | undefined {
    return this.#values.get(name)?.slice();
  }

  write(name: string, value: Uint8Array): void {
    if (name.length === 0 || name.length > maximumName) throw new RangeError(`flash name '${name}'`);
    const old = this.#values.get(name)?.length ?? -32;
    const full = this.used - old - 32 + 32 + value.length > this.capacity;
    if (value.length > maximumValue || full) throw new StoreError("store.full", name);
    this.#change(name, value.slice());
  }

  delete(name: string): void {
    if (this.#values.has(name)) this.#change(name, undefined);
  }

  names(): string[] {
    return [...this.#values.keys()];
  }

  /** All values, for tests that look for what must not be there. */
  dump(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.#values].map(([name, value]) => [name, value.slice()]));
  }

  /** Puts raw values in place, as another firmware or broken flash would leave them. */
  restore(values: ReadonlyMap<string, Uint8Array>): void {
    this.#values.clear();
    for (const [name, value] of values) this.#values.set(name, value.slice());
  }

  #change(name: string, value: Uint8Array | undefined): void {
    this.#writes++;
    const manner = this.#cut?.atWrite === this.#writes ? this.#cut.manner : undefined;
    if (manner === "torn" && value !== undefined) {
      // The first half is new, the rest is what erased flash reads as.
      const torn = new Uint8Array(value.length).fill(0xff);
      torn.set(value.subarray(0, value.length >> 1));
      this.#values.set(name, torn);
    } else if (manner !== "before" && manner !== "torn") {
      if (value === undefined) this.#values.delete(name);
      else this.#values.set(name, value);
    }
    if (manner !== undefined) {
      this.#cut = undefined;
      throw new PowerCut();
    }
  }
}
