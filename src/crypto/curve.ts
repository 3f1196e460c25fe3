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
const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
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

/**
 * An integer of 40 octets, big endian, mod n: 64 bits more than n has keep the bias below 2^-64 (RFC 9383 §3.2).
 * Octet by octet, with the same steps for every value.
 */
export function reduceScalar(wide: Uint8Array): Uint8Array {
  expectLength(wide, scalarLength + 8, "wide scalar");
  const n = fromHex(order);
  /** The remainder, below n between the steps, with one octet above it. */
  const r = new Uint8Array(scalarLength + 1);
  r.set(wide.subarray(0, scalarLength), 1);
  subtractOnce(r, n);
  for (let at = scalarLength; at < wide.length; at++) {
    r.copyWithin(0, 1);
    r[scalarLength] = wide[at] as number;
    // n is just below 2^256: the octet above it is the quotient, or one too few.
    subtractTimes(r, n, r[0] as number);
    subtractOnce(r, n);
  }
  const scalar = r.slice(1);
  r.fill(0);
  return scalar;
}

/** r − times·n, which is not negative. */
function subtractTimes(r: Uint8Array, n: Uint8Array, times: number): void {
  let carry = 0;
  for (let i = scalarLength; i > 0; i--) {
    const value = (r[i] as number) - times * (n[i - 1] as number) + carry;
    r[i] = value & 0xff;
    carry = value >> 8;
  }
  r[0] = (r[0] as number) + carry;
}

/** r − n when that is not negative, else r; chosen by a mask. */
function subtractOnce(r: Uint8Array, n: Uint8Array): void {
  const t = new Uint8Array(scalarLength + 1);
  let borrow = 0;
  for (let i = scalarLength; i >= 0; i--) {
    const difference = (r[i] as number) - (i > 0 ? (n[i - 1] as number) : 0) - borrow;
    t[i] = difference & 0xff;
    borrow = (difference >> 8) & 1;
  }
  const take = borrow - 1;
  for (let i = 0; i <= scalarLength; i++) r[i] = ((t[i] as number) & take) | ((r[i] as number) & ~take);
  t.fill(0);
}

/** True for 1 … n−1 in 32 octets: what a back end multiplies by. */
export function isScalar(scalar: Uint8Array): boolean {
  expectLength(scalar, scalarLength, "scalar");
  const n = fromHex(order);
  let borrow = 0;
  let any = 0;
  for (let i = scalarLength - 1; i >= 0; i--) {
    borrow = (((scalar[i] as number) - (n[i] as number) - borrow) >> 8) & 1;
    any |= scalar[i] as number;
  }
  return borrow === 1 && any !== 0;
}
