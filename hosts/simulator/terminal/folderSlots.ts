import { closeSync, constants, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { blockLength } from "../../../src/pne/updatePorts.js";
import { writeDurably } from "../../node/program/durableFile.js";
import { makeFolder } from "../../node/program/folder.js";
import type { SlotKeeper, SlotNote } from "../world/slots.js";

const noteFile = "starts";
const erased = 0xff;

/** The two images of a virtual device in a folder, a file each, and the note which of them starts: they outlive kill -9. */
export class FolderSlots implements SlotKeeper {
  readonly #folder: string;
  readonly #touched = new Set<0 | 1>();

  /** Makes the folder. */
  constructor(folder: string) {
    this.#folder = folder;
    makeFolder(folder);
  }

  get note(): SlotNote | undefined {
    const [, slot, state] = /^([01]) (good|new|trial)\n$/.exec(this.#read(noteFile).toString()) ?? [];
    return slot === undefined ? undefined : { slot: slot === "0" ? 0 : 1, state: state as SlotNote["state"] };
  }

  *blocks(slot: 0 | 1): Iterable<readonly [number, Uint8Array]> {
    const file = this.#read(`slot${slot}`);
    for (let at = 0; at < file.length; at += blockLength) {
      const block = new Uint8Array(blockLength).fill(erased);
      block.set(file.subarray(at, at + blockLength));
      yield [at, block];
    }
  }

  write(slot: 0 | 1, block: number, octets: Uint8Array): void {
    this.#touched.add(slot);
    this.#at(slot, (file) => {
      const { size } = fstatSync(file);
      // What was skipped is erased flash, not zeros.
      if (size < block) writeSync(file, new Uint8Array(block - size).fill(erased), 0, block - size, size);
      writeSync(file, octets, 0, octets.length, block);
    });
  }

  /** An image that is to start is on the disk before the note says so. */
  mark({ slot, state }: SlotNote): void {
    for (const one of this.#touched) this.#at(one, fsyncSync);
    this.#touched.clear();
    writeDurably(join(this.#folder, noteFile), `${slot} ${state}\n`);
  }

  #at(slot: 0 | 1, work: (file: number) => void): void {
    const file = openSync(join(this.#folder, `slot${slot}`), constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      work(file);
    } finally {
      closeSync(file);
    }
  }

  /** Nothing where there is no file. */
  #read(name: string): Buffer {
    try {
      return readFileSync(join(this.#folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
      throw error;
    }
  }
}
