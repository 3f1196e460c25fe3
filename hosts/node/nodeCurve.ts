import { createECDH, ECDH, randomFillSync } from "node:crypto";
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
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const base = basePoint();

interface Affine {
  readonly x: bigint;
  readonly y: bigint;
}

const mod = (value: bigint): bigint => {
  const rest = value % p;
  return rest < 0n ? rest + p : rest;
};

/**
 * 1 / value, which is not 0, by Euclid, whose steps would tell a stranger who times the Server of the value, and so of
 * w0·M: they are those of the value times a random number, which tell of nothing.
 */
function inverse(value: bigint): bigint {
  const blind = fieldElement();
  let [over, under] = [p, mod(value * blind)];
  let [last, next] = [0n, 1n];
  while (under !== 0n) {
    const times = over / under;
    [over, under] = [under, over - times * under];
    [last, next] = [next, last - times * next];
  }
  return mod(last * blind);
}

/** 1 … p − 1, each as likely. */
function fieldElement(): bigint {
  const octets = new Uint8Array(scalarLength);
  for (;;) {
    const element = number(randomFillSync(octets));
    if (element > 0n && element < p) return element;
  }
}

/** Of 32 octets, big endian. */
function number(octets: Uint8Array): bigint {
  const view = new DataView(octets.buffer, octets.byteOffset, scalarLength);
  const high = (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
  return (high << 128n) | (view.getBigUint64(16) << 64n) | view.getBigUint64(24);
}

function encoded({ x, y }: Affine): Uint8Array {
  const point = new Uint8Array(pointLength);
  point[0] = 4;
  const view = new DataView(point.buffer);
  for (let word = 0; word < 4; word++) {
    const shift = BigInt(192 - 64 * word);
    view.setBigUint64(1 + 8 * word, x >> shift);
    view.setBigUint64(33 + 8 * word, y >> shift);
  }
  return point;
}

/** OpenSSL checks that it is on the curve. */
function decompressed(octets: Uint8Array): Uint8Array {
  expectLength(octets, compressedLength, "point");
  // OpenSSL takes hybrid encodings (6, 7) too.
  if (octets[0] !== 2 && octets[0] !== 3) throw new CryptoError("crypto.point");
  try {
    return taken(ECDH.convertKey(octets, name, undefined, undefined, "uncompressed") as Buffer);
  } catch {
    throw new CryptoError("crypto.point");
  }
}

/** On the curve: y² = x³ − 3·x + b. */
function affine(point: Uint8Array): Affine {
  expectLength(point, pointLength, "point");
  const x = number(point.subarray(1));
  const y = number(point.subarray(33));
  const on = point[0] === 4 && x < p && y < p && (y * y - (x * x - 3n) * x - b) % p === 0n;
  if (!on) throw new CryptoError("crypto.point");
  return { x, y };
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

/** x of scalar·point, which is on the curve. */
function productX(ecdh: ECDH, scalar: Uint8Array, point: Uint8Array): bigint {
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

/** Of the two y of this x, the even one. */
function rootOf(x: bigint): bigint {
  const compressed = encoded({ x, y: 0n }).subarray(0, compressedLength);
  compressed[0] = 2;
  return number(decompressed(compressed).subarray(33));
}

/** The one of ±Q for which x of Q + P is that of (k + 1)·P. */
function product(scalar: Uint8Array, point: Uint8Array): Affine {
  const of = affine(point);
  const ecdh = createECDH(name);
  const x = productX(ecdh, scalar, point);
  if (x === of.x) {
    // k is 1 or n − 1.
    const one = scalar[0] === 0;
    return { x, y: one ? of.y : p - of.y };
  }
  const next = successor(scalar);
  const nextX = productX(ecdh, next, point);
  wipe(next);
  const y = rootOf(x);
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
    if (Buffer.compare(point, base) !== 0) return encoded(product(scalar, point));
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
    return decompressed(compressed);
  },
});
