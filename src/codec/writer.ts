/** Octets of the head of an integer, length or key. */
export function headLength(value: number): number {
  if (value < 24) return 1;
  if (value < 0x100) return 2;
  if (value < 0x10000) return 3;
  return value < 0x100000000 ? 5 : 9;
}

/** Writes CBOR into one array of a size known beforehand. */
export class Writer {
  readonly #out: Uint8Array;
  #at = 0;

  constructor(length: number) {
    this.#out = new Uint8Array(length);
  }

  head(major: number, value: number): void {
    // Most heads are one octet.
    if (value < 24) {
      this.#out[this.#at++] = (major << 5) | value;
      return;
    }
    const length = headLength(value);
    this.#out[this.#at++] = (major << 5) | (length === 2 ? 24 : length === 3 ? 25 : length === 5 ? 26 : 27);
    // Division instead of shifts: values reach 2^53.
    for (let i = length - 2; i >= 0; i--) this.#out[this.#at++] = Math.floor(value / 256 ** i) % 256;
  }

  key(key: number): void {
    if (key >= 0) this.head(0, key);
    else this.head(1, -1 - key);
  }

  string(major: 2 | 3, octets: Uint8Array): void {
    this.head(major, octets.length);
    this.#out.set(octets, this.#at);
    this.#at += octets.length;
  }

  finish(): Uint8Array {
    if (this.#at !== this.#out.length) throw new RangeError("size and encoding differ");
    return this.#out;
  }
}
