import { CodecError } from "./errors.js";
import { decodeUtf8 } from "./utf8.js";

/** Nested arrays and maps; eight take some 325 of the 512 slots of stack that a device has. */
export const maximumDepth = 8;

/** Integer keys sort as their encodings do: 0, 1, 2 … then −1, −2 … (RFC 8949 §4.2.1). */
export function compareKeys(a: number, b: number): number {
  if (a >= 0 !== b >= 0) return a >= 0 ? -1 : 1;
  return a >= 0 ? a - b : b - a;
}

/** Reads the deterministic subset; every rule that is broken has its name (CodecError). */
export class Reader {
  readonly #input: Uint8Array;
  #at = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
  }

  get left(): number {
    return this.#input.length - this.#at;
  }

  /** Throws cbor.trailing unless everything has been read. */
  end(): void {
    if (this.left > 0) throw new CodecError("cbor.trailing", `${this.left}`);
  }

  peekMajor(): number {
    if (this.left === 0) throw new CodecError("cbor.truncated");
    return (this.#input[this.#at] as number) >> 5;
  }

  uint(): number {
    return this.#head(0);
  }

  key(): number {
    const major = this.peekMajor();
    if (major !== 0 && major !== 1) throw new CodecError("cbor.type", "key");
    const value = this.#head(major);
    return major === 0 ? value : -1 - value;
  }

  /** The next key of a map, which must come after the last one. */
  nextKey(last: number | undefined): number {
    const key = this.key();
    const order = last === undefined ? 1 : compareKeys(key, last);
    if (order === 0) throw new CodecError("cbor.duplicateKey", `${key}`);
    if (order < 0) throw new CodecError("cbor.keyOrder", `${key}`);
    return key;
  }

  bool(): boolean {
    if (this.peekMajor() !== 7) throw new CodecError("cbor.type", "bool");
    const octet = this.#input[this.#at++] as number;
    if (octet !== 0xf4 && octet !== 0xf5) throw new CodecError("cbor.unsupported", "simple value or float");
    return octet === 0xf5;
  }

  /** A view of the string's octets, after its length was held against the bounds and the input. */
  string(major: 2 | 3, min: number, max: number): Uint8Array {
    const length = this.#head(major);
    if (length < min || length > max) throw new CodecError("cbor.length", `${length}`);
    if (length > this.left) throw new CodecError("cbor.length", "beyond the input");
    this.#at += length;
    return this.#input.subarray(this.#at - length, this.#at);
  }

  /** Opens an array (4) or map (5) inside `depth` others; the number of items or pairs. */
  open(major: 4 | 5, depth: number): number {
    const count = this.#head(major);
    if (depth >= maximumDepth) throw new CodecError("cbor.depth");
    // Every item takes an octet at least: a count beyond the input is refused before anything is allocated.
    if (count * (major === 5 ? 2 : 1) > this.left) throw new CodecError("cbor.length", "beyond the input");
    return count;
  }

  /** Checks one value of any kind of the subset and passes over it. */
  skip(depth: number): void {
    const major = this.peekMajor();
    if (major === 0 || major === 1) this.#head(major);
    else if (major === 2) this.string(2, 0, this.left);
    else if (major === 3) decodeUtf8(this.string(3, 0, this.left));
    else if (major === 7) this.bool();
    else if (major === 4) {
      for (let count = this.open(4, depth); count > 0; count--) this.skip(depth + 1);
    } else if (major === 5) this.#skipMap(depth);
    else throw new CodecError("cbor.unsupported", "tag");
  }

  #skipMap(depth: number): void {
    let last: number | undefined;
    for (let count = this.open(5, depth); count > 0; count--) {
      last = this.nextKey(last);
      this.skip(depth + 1);
    }
  }

  #head(major: number): number {
    if (this.left === 0) throw new CodecError("cbor.truncated");
    const octet = this.#input[this.#at] as number;
    if (octet >> 5 !== major) {
      throw new CodecError(octet >> 5 === 6 ? "cbor.unsupported" : "cbor.type", `major ${octet >> 5}`);
    }
    const info = octet & 31;
    this.#at++;
    if (info < 24) return info;
    if (info === 31) throw new CodecError("cbor.indefinite");
    if (info > 27) throw new CodecError("cbor.unsupported", "reserved head");
    const length = 1 << (info - 24);
    if (this.left < length) throw new CodecError("cbor.truncated");
    let value = 0;
    for (let i = 0; i < length; i++) value = value * 256 + (this.#input[this.#at++] as number);
    const least = length === 1 ? 24 : 256 ** (length / 2);
    if (value < least) throw new CodecError("cbor.nonMinimal");
    if (value > Number.MAX_SAFE_INTEGER) throw new CodecError("cbor.range", "beyond 2^53");
    return value;
  }
}
