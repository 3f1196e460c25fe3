import { sha256 } from "@noble/hashes/sha2.js";
import { ascii, concat } from "../../../src/base/octets.js";
import type { Random } from "../../../src/base/ports.js";

const blockLabel = ascii("block");
const forkLabel = ascii("fork");

/**
 * Repeatable octets for the simulator: SHA-256 over key and counter. Each entity forks its own stream, so that one
 * entity's use does not shift another's. Whoever knows the seed knows all: for simulation and tests only.
 */
export class SeededRandom implements Random {
  #key: Uint8Array;
  #block: Uint8Array = new Uint8Array(0);
  #at = 0;
  #counter = 0;

  constructor(seed: string | number) {
    this.#key = sha256(new TextEncoder().encode(String(seed)));
  }

  /** The stream of this label: always the same, whatever was drawn here before. */
  fork(label: string): SeededRandom {
    const fork = new SeededRandom("");
    fork.#key = sha256(concat(this.#key, forkLabel, new TextEncoder().encode(label)));
    return fork;
  }

  fill(into: Uint8Array): void {
    for (let i = 0; i < into.length; i++) {
      if (this.#at === this.#block.length) this.#nextBlock();
      into[i] = this.#block[this.#at++] as number;
    }
  }

  octets(length: number): Uint8Array {
    const out = new Uint8Array(length);
    this.fill(out);
    return out;
  }

  /** An integer in 0 … below − 1, below at most 2^32. */
  below(below: number): number {
    if (!(below >= 1 && below <= 2 ** 32)) throw new RangeError(`below ${below}`);
    return new DataView(this.octets(4).buffer).getUint32(0) % below;
  }

  /** True with this probability, 0 … 1. */
  chance(probability: number): boolean {
    return this.below(2 ** 32) < probability * 2 ** 32;
  }

  #nextBlock(): void {
    const counter = new Uint8Array(8);
    new DataView(counter.buffer).setBigUint64(0, BigInt(this.#counter++));
    this.#block = sha256(concat(this.#key, blockLabel, counter));
    this.#at = 0;
  }
}
