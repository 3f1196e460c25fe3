import { fromHex } from "../base/octets.js";
import { expectLength } from "./errors.js";

/**
 * P-256 (FIPS 186-4 D.1.2.3, SEC 2 secp256r1) for SPAKE2+: what a host's back end computes. Points are SEC 1
 * uncompressed, 65 octets 0x04 ‖ x ‖ y; scalars are 32 octets, big endian, 1 … n−1. Back ends: noble-curves
 * (reference; Node and XS), node:crypto (gateway, server), the SDK's native `ec` (device: `mul` and `add`).
 *
 * Every function returns fresh octets that the caller owns and wipes when they are secret. Points come from the air
 * and are checked at each call. Errors: CryptoError("crypto.length"), CryptoError("crypto.scalar") for 0 and for n and
 * above, CryptoError("crypto.point") for what is not on the curve and for the identity, which has no encoding here.
 */
export interface Curve {
  readonly name: string;
  /**
   * k·P; the pattern of operations must not depend on k, as far as the back end allows. The SDK's `mul` adds once for
   * each bit that is set, whatever the scalar's length: give it k and a random multiple of n.
   */
  multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array;
  /** P + Q, equal or not. */
  add(point: Uint8Array, other: Uint8Array): Uint8Array;
  /** The point of a SEC 1 compressed encoding, 33 octets 0x02 | 0x03 ‖ x with x below p. */
  decompress(compressed: Uint8Array): Uint8Array;
}

export const scalarLength = 32;
export const pointLength = 65;
export const compressedLength = 33;

const prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
/** n, 32 octets big endian. */
export const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const base =
  "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296" +
  "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

/** The base point, called P in RFC 9383 and G elsewhere: 65 octets. */
export const basePoint = (): Uint8Array => fromHex(base);

/** SEC 1 §2.3.3: the compressed encoding, 33 octets, of a point. */
export function compress(point: Uint8Array): Uint8Array {
  expectLength(point, pointLength, "point");
  const compressed = point.slice(0, compressedLength);
  compressed[0] = 2 + ((point[pointLength - 1] as number) & 1);
  return compressed;
}

/** −P: 0x04 ‖ x ‖ p − y. There is no point with y = 0 on a curve of odd order. */
export function negate(point: Uint8Array): Uint8Array {
  expectLength(point, pointLength, "point");
  const negated = point.slice();
  const p = fromHex(prime);
  let borrow = 0;
  for (let i = 31; i >= 0; i--) {
    const difference = (p[i] as number) - (point[33 + i] as number) - borrow;
    negated[33 + i] = difference & 0xff;
    borrow = (difference >> 8) & 1;
  }
  return negated;
}

/** n in words of 16 bits, the lowest first. */
const orderWords: readonly number[] = Object.freeze([
  ...[0x2551, 0xfc63, 0xcac2, 0xf3b9, 0x9e84, 0xa717, 0xfaad, 0xbce6],
  ...[0xffff, 0xffff, 0xffff, 0xffff, 0x0000, 0x0000, 0xffff, 0xffff],
]);
const words = scalarLength / 2;

/**
 * An integer of 40 octets, big endian, mod n: 64 bits more than n has keep the bias below 2^-64 (RFC 9383 §3.2).
 * Word by word of 16 bits, with the same steps for every value.
 */
export function reduceScalar(wide: Uint8Array): Uint8Array {
  expectLength(wide, scalarLength + 8, "wide scalar");
  const wordAt = (at: number): number => ((wide[at] as number) << 8) | (wide[at + 1] as number);
  /** The remainder, below n between the steps, the lowest word first, with one word above it. */
  const r = new Uint16Array(words + 1);
  for (let i = 0; i < words; i++) r[i] = wordAt(scalarLength - 2 - 2 * i);
  subtractOnce(r);
  for (let at = scalarLength; at < wide.length; at += 2) {
    r.copyWithin(1, 0);
    r[0] = wordAt(at);
    // n is just below 2^256: the word above it is the quotient, or one too few.
    subtractTimes(r, r[words] as number);
    subtractOnce(r);
  }
  const scalar = new Uint8Array(scalarLength);
  for (let i = 0; i < words; i++) {
    const word = r[i] as number;
    scalar[scalarLength - 2 - 2 * i] = word >> 8;
    scalar[scalarLength - 1 - 2 * i] = word;
  }
  r.fill(0);
  return scalar;
}

/** r − times·n, which is not negative; `times` has 16 bits. */
function subtractTimes(r: Uint16Array, times: number): void {
  let carry = 0;
  for (let i = 0; i < words; i++) {
    // At most (2^16 − 1)² + 2^16, which has 32 bits.
    const product = times * (orderWords[i] as number) + carry;
    const difference = (r[i] as number) - (product & 0xffff);
    r[i] = difference;
    carry = (product >>> 16) + (difference >>> 31);
  }
  r[words] = (r[words] as number) - carry;
}

/** r − n when that is not negative, else r; chosen by a mask. */
function subtractOnce(r: Uint16Array): void {
  const t = new Uint16Array(words + 1);
  let borrow = 0;
  for (let i = 0; i <= words; i++) {
    const difference = (r[i] as number) - (i < words ? (orderWords[i] as number) : 0) - borrow;
    t[i] = difference;
    borrow = difference >>> 31;
  }
  const take = borrow - 1;
  for (let i = 0; i <= words; i++) r[i] = ((t[i] as number) & take) | ((r[i] as number) & ~take);
  t.fill(0);
}

/** True for 1 … n−1 in 32 octets: what a back end multiplies by. */
export function isScalar(scalar: Uint8Array): boolean {
  expectLength(scalar, scalarLength, "scalar");
  let borrow = 0;
  let any = 0;
  for (let i = 0; i < words; i++) {
    const at = scalarLength - 2 - 2 * i;
    const word = ((scalar[at] as number) << 8) | (scalar[at + 1] as number);
    borrow = (word - (orderWords[i] as number) - borrow) >>> 31;
    any |= word;
  }
  return borrow === 1 && any !== 0;
}
