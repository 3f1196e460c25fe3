import { createHash } from "node:crypto";
import type { Random } from "../../../src/ports.js";

/**
 * Repeatable octets for the simulator: SHA-256 over seed and counter. Each entity forks its own stream, so that one
 * entity's use does not shift another's.
 */
export class SeededRandom implements Random {
  readonly #seed: string;
  #block: Uint8Array = new Uint8Array(0);
  #counter = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  fork(label: string): SeededRandom {
    return new SeededRandom(`${this.#seed}/${label}`);
  }

  fill(into: Uint8Array): void {
    for (let i = 0; i < into.length; i++) into[i] = this.#next();
  }

  /** An integer in 0 … below − 1. */
  below(below: number): number {
    const octets = new Uint8Array(4);
    this.fill(octets);
    return new DataView(octets.buffer).getUint32(0) % below;
  }

  #next(): number {
    if (this.#block.length === 0) {
      const input = `${this.#seed}#${this.#counter++}`;
      this.#block = Uint8Array.from(createHash("sha256").update(input).digest());
    }
    const octet = this.#block[0] as number;
    this.#block = this.#block.subarray(1);
    return octet;
  }
}
