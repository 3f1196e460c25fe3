import { weierstrass } from "@noble/curves/abstract/weierstrass.js";
import { type Curve, compressedLength, isScalar, pointLength, scalarLength } from "./curve.js";
import { CryptoError, expectLength } from "./errors.js";

/**
 * The reference back end of P-256: @noble/curves. In a module of its own, because its big numbers cost a device more
 * RAM than it has, and must not be preloaded, because XS compares BigInts in flash wrongly: there the SDK's native
 * arithmetic takes its place. BigInts cannot be wiped.
 */

const Point = weierstrass({
  p: BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),
  n: BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
  h: BigInt(1),
  a: BigInt("0xffffffff00000001000000000000000000000000fffffffffffffffffffffffc"),
  b: BigInt("0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
  Gx: BigInt("0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
  Gy: BigInt("0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
});
type NoblePoint = InstanceType<typeof Point>;

/** noble tells a bad point by throwing errors of its own. */
function decoded(octets: Uint8Array, length: number): NoblePoint {
  expectLength(octets, length, "point");
  try {
    return Point.fromBytes(octets);
  } catch {
    throw new CryptoError("crypto.point");
  }
}

export const nobleCurve: Curve = Object.freeze({
  name: "noble",

  multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array {
    expectLength(scalar, scalarLength, "scalar");
    if (!isScalar(scalar)) throw new CryptoError("crypto.scalar");
    // A decoded point has no table: a fixed window with the same steps for every scalar, also for the base point.
    return decoded(point, pointLength).multiply(Point.Fn.fromBytes(scalar)).toBytes(false);
  },

  add(point: Uint8Array, other: Uint8Array): Uint8Array {
    const sum = decoded(point, pointLength).add(decoded(other, pointLength));
    if (sum.is0()) throw new CryptoError("crypto.point", "identity");
    return sum.toBytes(false);
  },

  decompress(compressed: Uint8Array): Uint8Array {
    return decoded(compressed, compressedLength).toBytes(false);
  },
});
