import { fromHex, hex } from "../../../src/base/octets.js";
import type { KeyValue } from "../../../src/base/ports.js";
import { StoreError } from "../../../src/keystore/errors.js";
import { PowerCut, Powered } from "./power.js";

/** When the power fails: before the n-th write or delete from now, in its middle, or right after it. */
export interface CutPlan {
  readonly atWrite: number;
  readonly manner: "before" | "torn" | "after";
}

/** All of a flash as plain data (JSON): values in hexadecimal, wear as writes and deletes by name. */
export interface FlashSnapshot {
  readonly values: Readonly<Record<string, string>>;
  readonly wear: Readonly<Record<string, number>>;
}

export const maximumName = 15;
export const maximumValue = 4000;
/** NVS writes in entries of 32 octets: a value's own, one before them and one for its index. */
const entry = 32;
const occupied = (value: Uint8Array): number => entry * (2 + Math.ceil(value.length / entry));
const erased = 0xff;

/**
 * Flash of one device, which outlives its restarts: key-value storage with the limits of NVS, where a new value needs
 * its room beside the old one (default: 24 KiB less a page for itself), and with power cuts.
 */
export class VirtualFlash implements KeyValue {
  readonly #values = new Map<string, Uint8Array>();
  readonly #wear = new Map<string, number>();
  readonly capacity: number;
  #cut: CutPlan | undefined;
  #writes = 0;
  /** Reads of a value so far. */
  reads = 0;

  constructor(capacity = 20_000) {
    this.capacity = capacity;
  }

  /** Writes and deletes so far. */
  get writes(): number {
    return this.#writes;
  }

  /** True while a planned power cut has not come. */
  get cutPlanned(): boolean {
    return this.#cut !== undefined;
  }

  /** Octets of the capacity in use. */
  get used(): number {
    let used = 0;
    for (const value of this.#values.values()) used += occupied(value);
    return used;
  }

  /** Writes and deletes of each name. */
  get wear(): ReadonlyMap<string, number> {
    return this.#wear;
  }

  /** Plans a power cut, counted from now (1 = the next write); undefined takes the plan back. */
  cutPower(plan: CutPlan | undefined): void {
    if (plan !== undefined && !(Number.isSafeInteger(plan.atWrite) && plan.atWrite >= 1)) {
      throw new RangeError(`power cut at write ${plan.atWrite}`);
    }
    this.#cut = plan && { ...plan, atWrite: this.#writes + plan.atWrite };
  }

  /**
   * What the device sees from one start to the next loss of power: after a cut, or `off`, everything on it throws
   * PowerCut, so that firmware that catches a cut by mistake gets no further.
   */
  boot(): BootedFlash {
    return new BootedFlash(this);
  }

  read(name: string): Uint8Array | undefined {
    this.reads++;
    return this.#values.get(name)?.slice();
  }

  /** Throws StoreError("store.full"), RangeError for a bad name, PowerCut where one is planned. */
  write(name: string, value: Uint8Array): void {
    if (name.length === 0 || name.length > maximumName) throw new RangeError(`flash name '${name}'`);
    const full = this.used + occupied(value) > this.capacity;
    if (value.length > maximumValue || full) throw new StoreError("store.full", name);
    this.#change(name, value.slice());
  }

  /** Throws PowerCut where one is planned. */
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

  snapshot(): FlashSnapshot {
    return {
      values: Object.fromEntries([...this.#values].map(([name, value]) => [name, hex(value)])),
      wear: Object.fromEntries(this.#wear),
    };
  }

  /** Puts raw values in place, as an earlier run, another firmware or broken flash would leave them. */
  restore({ values, wear }: FlashSnapshot): void {
    this.#values.clear();
    for (const [name, value] of Object.entries(values)) this.#values.set(name, fromHex(value));
    this.#wear.clear();
    for (const [name, count] of Object.entries(wear)) this.#wear.set(name, count);
  }

  #change(name: string, value: Uint8Array | undefined): void {
    this.#writes++;
    this.#wear.set(name, (this.#wear.get(name) ?? 0) + 1);
    const cut = this.#cut?.atWrite === this.#writes ? this.#cut.manner : undefined;
    if (cut !== undefined) this.#cut = undefined;
    if (cut === "torn") this.#tear(name, value);
    else if (cut !== "before") this.#set(name, value);
    if (cut !== undefined) throw new PowerCut();
  }

  #set(name: string, value: Uint8Array | undefined): void {
    if (value === undefined) this.#values.delete(name);
    else this.#values.set(name, value);
  }

  /** The first half is done; the rest is what stood there, or erased flash where nothing did. */
  #tear(name: string, value: Uint8Array | undefined): void {
    const old = this.#values.get(name) ?? new Uint8Array(0);
    const torn = new Uint8Array(value?.length ?? old.length).fill(erased);
    torn.set(old.subarray(0, torn.length));
    const half = torn.length >> 1;
    if (value === undefined) torn.fill(erased, 0, half);
    else torn.set(value.subarray(0, half));
    this.#values.set(name, torn);
  }
}

/** One life of a device on its flash. */
export class BootedFlash extends Powered implements KeyValue {
  readonly #flash: VirtualFlash;

  constructor(flash: VirtualFlash) {
    super();
    this.#flash = flash;
  }

  read(name: string): Uint8Array | undefined {
    return this.use(() => this.#flash.read(name));
  }

  write(name: string, value: Uint8Array): void {
    this.use(() => this.#flash.write(name, value));
  }

  delete(name: string): void {
    this.use(() => this.#flash.delete(name));
  }

  names(): string[] {
    return this.use(() => this.#flash.names());
  }
}
