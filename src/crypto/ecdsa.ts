import { allZero, concat, fromHex } from "../base/octets.js";
import {
  basePoint,
  type Curve,
  compressedLength,
  isScalar,
  order,
  reduceScalar,
  scalarLength,
} from "./curve.js";
import { CryptoError, expectLength } from "./errors.js";
import type { CurveSuite } from "./suite.js";

/** Of r ‖ s, 32 octets each, big endian (IEEE P1363). */
export const signatureLength = 64;

/**
 * ECDSA over P-256 with SHA-256 (FIPS 186-5 §6.4.2): whether `signature` is one of `message` by the owner of `publicKey`,
 * a compressed point. False for every signature that is none, whatever its length or values. Throws
 * CryptoError("crypto.length" | "crypto.point") for a key that is none.
 *
 * The standard asks whether x of (e/s)·G + (r/s)·Q is r mod n. Times s, that is whether s·R = e·G + r·Q for a point R
 * whose x is r mod n, which needs no inverse mod n; ±R stay ±s·R, so that the x of both sides tell. As in the standard,
 * (r, n − s) counts like (r, s): nothing may be known by its signature. All of it is public, and no step is hidden.
 */
export function verifySignature(
  suite: Pick<CurveSuite, "curve" | "sha256">,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { curve } = suite;
  expectLength(publicKey, compressedLength, "public key");
  const key = curve.decompress(publicKey);
  if (signature.length !== signatureLength) return false;
  const r = signature.slice(0, scalarLength);
  const s = signature.slice(scalarLength);
  if (!isScalar(r) || !isScalar(s)) return false;
  const e = reduceScalar(concat(new Uint8Array(8), suite.sha256(message)));
  const sum = combined(curve, e, r, key);
  if (sum === undefined) return false;
  // Of x mod n, x may be r + n too, where that is still below p: p − n has less than 16 octets.
  return isX(curve, r, s, sum) || (allZero(r.subarray(0, 16)) && isX(curve, plusOrder(r), s, sum));
}

/** e·G + r·Q; undefined for the identity, which nobody can have signed with. */
function combined(curve: Curve, e: Uint8Array, r: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  const part = curve.multiply(r, key);
  if (allZero(e)) return part;
  return unlessNoPoint(() => curve.add(curve.multiply(e, basePoint()), part));
}

/** Whether there is a point with this x, of which s times has the x of `sum`. */
function isX(curve: Curve, x: Uint8Array, s: Uint8Array, sum: Uint8Array): boolean {
  const point = unlessNoPoint(() => curve.decompress(concat(Uint8Array.of(2), x)));
  if (point === undefined) return false;
  const product = curve.multiply(s, point);
  for (let i = 1; i <= scalarLength; i++) if (product[i] !== sum[i]) return false;
  return true;
}

function unlessNoPoint(work: () => Uint8Array): Uint8Array | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof CryptoError && error.code === "crypto.point") return undefined;
    throw error;
  }
}

/** r + n for an r below 2^128: 32 octets. */
function plusOrder(r: Uint8Array): Uint8Array {
  const sum = fromHex(order);
  let carry = 0;
  for (let i = scalarLength - 1; i >= 0; i--) {
    carry += (sum[i] as number) + (r[i] as number);
    sum[i] = carry;
    carry >>= 8;
  }
  return sum;
}
