import { createECDH, ECDH } from "node:crypto";
import { wipe } from "../../src/base/octets.js";
import {
  basePoint,
  type Curve,
  compressedLength,
  isScalar,
  pointLength,
  scalarLength,
} from "../../src/crypto/curve.js";
import { CryptoError, expectLength } from "../../src/crypto/errors.js";
import { taken } from "./taken.js";

/**
 * P-256 by node:crypto. OpenSSL multiplies in constant time but gives the x of a product only (ECDH): its y is one of
 * two square roots, which it finds as well, and x of (k+1)·P tells which. The few field operations for that, and for
 * adding, are done in BigInt, which cannot be wiped and is not constant in time; the scalar never gets there.
 */

const name = "prime256v1";
const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;

interface Affine {
  readonly x: bigint;
  readonly y: bigint;
}

const mod = (value: bigint): bigint => ((value % p) + p) % p;

/** 1 / value by Fermat: Euclid's steps would tell a stranger who times the Server of the value, and so of w0·M. */
function inverse(value: bigint): bigint {
  const exponent = p - 2n;
  const base = mod(value);
  let result = 1n;
  for (let bit = 255n; bit >= 0n; bit--) {
    result = (result * result) % p;
    if ((exponent >> bit) & 1n) result = (result * base) % p;
  }
  return result;
}

const number = (octets: Uint8Array): bigint => BigInt(`0x${Buffer.from(octets).toString("hex")}`);
const octetsOf = (value: bigint): Uint8Array =>
  Uint8Array.from(Buffer.from(value.toString(16).padStart(64, "0"), "hex"));

function encoded({ x, y }: Affine): Uint8Array {
  const point = new Uint8Array(pointLength);
  point[0] = 4;
  point.set(octetsOf(x), 1);
  point.set(octetsOf(y), 1 + scalarLength);
  return point;
}

/** OpenSSL checks that it is on the curve. */
function converted(octets: Uint8Array, length: number): Uint8Array {
  expectLength(octets, length, "point");
  // OpenSSL takes hybrid encodings (6, 7) too.
  const head = octets[0];
  if (length === pointLength ? head !== 4 : head !== 2 && head !== 3) throw new CryptoError("crypto.point");
  try {
    return taken(ECDH.convertKey(octets, name, undefined, undefined, "uncompressed") as Buffer);
  } catch {
    throw new CryptoError("crypto.point");
  }
}

function affine(point: Uint8Array): Affine {
  const checked = converted(point, pointLength);
  return { x: number(checked.subarray(1, 33)), y: number(checked.subarray(33)) };
}

/** The affine sum, or undefined for the identity. */
function sum(a: Affine, b: Affine): Affine | undefined {
  if (a.x === b.x && a.y !== b.y) return undefined;
  const doubled = a.x === b.x;
  const rise = doubled ? 3n * a.x * a.x - 3n : b.y - a.y;
  const run = doubled ? 2n * a.y : b.x - a.x;
  const slope = mod(rise * inverse(run));
  const x = mod(slope * slope - a.x - b.x);
  return { x, y: mod(slope * (a.x - x) - a.y) };
}

/** x of scalar·point by ECDH. */
function productX(scalar: Uint8Array, point: Uint8Array): bigint {
  const ecdh = createECDH(name);
  ecdh.setPrivateKey(scalar);
  const secret = ecdh.computeSecret(point);
  const x = number(secret);
  wipe(secret);
  return x;
}

/** scalar + 1, which is n when scalar was n − 1. */
function successor(scalar: Uint8Array): Uint8Array {
  const next = scalar.slice();
  let carry = 1;
  for (let i = next.length - 1; i >= 0; i--) {
    const value = (next[i] as number) + carry;
    next[i] = value & 0xff;
    carry = value >> 8;
  }
  return next;
}

/** The one of ±Q for which x of Q + P is that of (k + 1)·P. */
function product(scalar: Uint8Array, point: Uint8Array): Affine {
  const of = affine(point);
  const x = productX(scalar, point);
  if (x === of.x) {
    // k is 1 or n − 1.
    const one = scalar[0] === 0;
    return { x, y: one ? of.y : p - of.y };
  }
  const next = successor(scalar);
  const nextX = productX(next, point);
  wipe(next);
  const { y } = affine(converted(Uint8Array.of(2, ...octetsOf(x)), compressedLength));
  // Of Q + P, without a division: its x is (rise / run)² − x of Q − x of P.
  const rise = of.y - y;
  const run = of.x - x;
  const right = mod(rise * rise - (nextX + x + of.x) * run * run) === 0n;
  return { x, y: right ? y : p - y };
}

export const nodeCurve: Curve = Object.freeze({
  name: "node:crypto",

  multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array {
    expectLength(scalar, scalarLength, "scalar");
    if (!isScalar(scalar)) throw new CryptoError("crypto.scalar");
    if (Buffer.compare(point, basePoint()) !== 0) return encoded(product(scalar, point));
    const ecdh = createECDH(name);
    ecdh.setPrivateKey(scalar);
    return taken(ecdh.getPublicKey());
  },

  add(point: Uint8Array, other: Uint8Array): Uint8Array {
    const added = sum(affine(point), affine(other));
    if (added === undefined) throw new CryptoError("crypto.point", "identity");
    return encoded(added);
  },

  decompress(compressed: Uint8Array): Uint8Array {
    return converted(compressed, compressedLength);
  },
});
