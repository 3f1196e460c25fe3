import { wipe } from "../base/octets.js";

/** What is typed: octets in one buffer of fixed size, so that a password never becomes a string. */
export class TextBuffer {
  readonly #octets: Uint8Array;
  #length = 0;

  constructor(maximum: number) {
    this.#octets = new Uint8Array(maximum);
  }

  get length(): number {
    return this.#length;
  }

  get maximum(): number {
    return this.#octets.length;
  }

  at(index: number): number {
    return this.#octets[index] as number;
  }

  /** False when it is full. */
  insert(code: number): boolean {
    if (this.#length === this.#octets.length) return false;
    this.#octets[this.#length++] = code;
    return true;
  }

  /** Puts another character in place of the last one, as multi-tap does. */
  replaceLast(code: number): void {
    if (this.#length > 0) this.#octets[this.#length - 1] = code;
  }

  deleteLast(): void {
    if (this.#length > 0) this.#octets[--this.#length] = 0;
  }

  /** A copy, whose owner wipes it. */
  copy(): Uint8Array {
    return this.#octets.slice(0, this.#length);
  }

  clear(): void {
    wipe(this.#octets);
    this.#length = 0;
  }

  /** True when no octet of what was typed is left. */
  get wiped(): boolean {
    return this.#length === 0 && this.#octets.every((octet) => octet === 0);
  }
}
