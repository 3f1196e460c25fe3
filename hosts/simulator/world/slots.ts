import type { Suite } from "../../../src/crypto/suite.js";
import { StoreError } from "../../../src/keystore/errors.js";
import { blockLength, type UpdateSlots } from "../../../src/pne/updatePorts.js";
import type { CutPlan } from "./flash.js";
import { PowerCut, Powered } from "./power.js";

const capacity = 0x100000;
const erased = 0xff;

/** One place for an image: only blocks that were written take memory. */
type Slot = Map<number, Uint8Array>;

/** Which image starts, and how good it is: "new" has never started, "trial" has and is not confirmed. */
export interface SlotNote {
  readonly slot: 0 | 1;
  readonly state: "good" | "new" | "trial";
}

/** Where slots outlive their program: each change goes there as it is made. */
export interface SlotKeeper {
  readonly note: SlotNote | undefined;
  /** The blocks of a slot that were written, by their offsets. */
  blocks(slot: 0 | 1): Iterable<readonly [number, Uint8Array]>;
  write(slot: 0 | 1, block: number, octets: Uint8Array): void;
  mark(note: SlotNote): void;
}

/**
 * The two slots of a virtual device's firmware and the note which of them starts, as a boot loader with rollback has
 * them: what was switched to starts once, and gives way to the image before unless it was confirmed. With power cuts
 * before, in and after each write, the switch and the confirmation.
 */
export class VirtualSlots {
  readonly #slots: readonly [Slot, Slot];
  #note: SlotNote;
  readonly #keeper: SlotKeeper | undefined;
  /** Which one the boot loader has started. */
  #running: 0 | 1;
  #cut: CutPlan | undefined;
  #writes = 0;
  readonly capacity: number;
  /** Octets that do not take what is written, by their offset; for tests. */
  readonly worn = new Set<number>();
  /** Somebody has put firmware into the other slot by cable; for tests. */
  flashed = false;

  /** As `keeper` has them; erased, and of this program alone, without one. */
  constructor(size = capacity, keeper?: SlotKeeper) {
    this.capacity = size;
    this.#keeper = keeper;
    this.#slots = [new Map(keeper?.blocks(0)), new Map(keeper?.blocks(1))];
    this.#note = keeper?.note ?? { slot: 0, state: "good" };
    this.#running = this.#note.slot;
  }

  #mark(note: SlotNote): void {
    this.#note = note;
    this.#keeper?.mark(note);
  }

  /** Writes, switches and confirmations so far. */
  get writes(): number {
    return this.#writes;
  }

  /** Plans a power cut, counted from now (1 = the next write). */
  cutPower(plan: CutPlan | undefined): void {
    this.#cut = plan && { ...plan, atWrite: this.#writes + plan.atWrite };
  }

  /** The slots as another device begins with them. */
  restore(from: VirtualSlots): void {
    this.#slots.forEach((slot, at) => {
      slot.clear();
      for (const [block, octets] of from.#slots[at as 0 | 1]) slot.set(block, octets.slice());
    });
    this.#note = from.#note;
    this.#running = from.#running;
  }

  /** What the boot loader does at a start, and the device's view of it until its power is gone. */
  boot(suite: Pick<Suite, "sha256">, restart: () => void): BootedSlots {
    const { slot, state } = this.#note;
    if (state === "new") this.#mark({ slot, state: "trial" });
    // It ran, and nobody confirmed it.
    else if (state === "trial") this.#mark({ slot: other(slot), state: "good" });
    this.#running = this.#note.slot;
    return new BootedSlots(this, suite, restart);
  }

  get current(): 0 | 1 {
    return this.#running;
  }

  get trial(): boolean {
    return this.#note.state === "trial" && this.#note.slot === this.#running;
  }

  get begun(): boolean {
    return !this.flashed && this.#slots[other(this.current)].has(0);
  }

  /** Octets of the image that runs, or of the other one. */
  read(which: "running" | "other", length: number): Uint8Array {
    const slot = this.#slots[which === "running" ? this.current : other(this.current)];
    const octets = new Uint8Array(length).fill(erased);
    for (let at = 0; at < length; at += blockLength) {
      octets.set(slot.get(at)?.subarray(0, Math.min(blockLength, length - at)) ?? new Uint8Array(0), at);
    }
    return octets;
  }

  write(offset: number, octets: Uint8Array): void {
    const block = offset - (offset % blockLength);
    if (offset + octets.length > Math.min(block + blockLength, this.capacity)) throw new RangeError("slot");
    const slot = this.#slots[other(this.current)];
    this.#change((part) => {
      if (offset === 0) this.flashed = false;
      const old = offset === block ? undefined : slot.get(block);
      const content = old ?? new Uint8Array(blockLength).fill(erased);
      const length = part === "whole" ? octets.length : octets.length >> 1;
      // Flash only clears bits until its block is erased.
      for (let i = 0; i < length; i++) {
        const at = offset - block + i;
        const fits = this.worn.has(offset + i) ? erased : (octets[i] as number);
        content[at] = (content[at] as number) & fits;
      }
      slot.set(block, content);
      this.#keeper?.write(other(this.current), block, content);
    });
  }

  activate(): void {
    this.#change((part) => {
      if (part === "whole") this.#mark({ slot: other(this.current), state: "new" });
    });
  }

  confirm(): void {
    this.#change((part) => {
      if (part === "whole") this.#mark({ slot: this.current, state: "good" });
    });
  }

  #change(work: (part: "whole" | "half") => void): void {
    this.#writes++;
    const cut = this.#cut?.atWrite === this.#writes ? this.#cut.manner : undefined;
    if (cut !== undefined) this.#cut = undefined;
    if (cut !== "before") work(cut === "torn" ? "half" : "whole");
    if (cut !== undefined) throw new PowerCut();
  }
}

const other = (slot: 0 | 1): 0 | 1 => (slot === 0 ? 1 : 0);

/** One life of a device on its slots; `restart` ends it. */
export class BootedSlots extends Powered implements UpdateSlots {
  readonly #slots: VirtualSlots;
  readonly #suite: Pick<Suite, "sha256">;
  readonly #restart: () => void;
  readonly current: 0 | 1;

  constructor(slots: VirtualSlots, suite: Pick<Suite, "sha256">, restart: () => void) {
    super();
    this.#slots = slots;
    this.#suite = suite;
    this.#restart = restart;
    this.current = slots.current;
  }

  get capacity(): number {
    return this.#slots.capacity;
  }

  get trial(): boolean {
    return this.#slots.trial;
  }

  get begun(): boolean {
    return this.#slots.begun;
  }

  write(offset: number, octets: Uint8Array): void {
    this.use(() => this.#slots.write(offset, octets));
    const read = this.#slots.read("other", offset + octets.length).subarray(offset);
    if (read.some((octet, at) => octet !== octets[at])) throw new StoreError("store.broken", "slot");
  }

  hash(length: number): Uint8Array {
    return this.use(() => this.#suite.sha256(this.#slots.read("other", length)));
  }

  activate(): void {
    this.use(() => this.#slots.activate());
  }

  confirm(): void {
    this.use(() => this.#slots.confirm());
  }

  rollBack(): void {
    this.#restart();
  }
}
