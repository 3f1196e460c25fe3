import type { Random } from "../../src/base/ports.js";

/** Repeatable octets for tests (xorshift32); nothing cryptographic. */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** 0 … limit − 1. */
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  fill(into: Uint8Array): void {
    for (let i = 0; i < into.length; i++) into[i] = this.below(256);
  }

  octets(length: number): Uint8Array {
    const out = new Uint8Array(length);
    this.fill(out);
    return out;
  }
}
