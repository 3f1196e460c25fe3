import { type Curve, compressedLength, pointLength, scalarLength } from "../../../src/crypto/curve.js";
import { CryptoError, expectLength } from "../../../src/crypto/errors.js";
import { addPoints, decompressPoint, multiplyPoint, P256Verdict } from "./native.js";

/** C checks each point and scalar, and answers with a number when it has no point to give. */
function checked(result: ArrayBuffer | number): Uint8Array {
  if (typeof result !== "number") return new Uint8Array(result);
  throw new CryptoError(result === P256Verdict.scalar ? "crypto.scalar" : "crypto.point");
}

/** P-256 in our own C, constant in time, without big numbers of XS (docs/adr/0009). */
export const nativeCurve: Curve = Object.freeze({
  name: "native",

  multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array {
    expectLength(scalar, scalarLength, "scalar");
    expectLength(point, pointLength, "point");
    return checked(multiplyPoint(scalar, point));
  },

  add(point: Uint8Array, other: Uint8Array): Uint8Array {
    expectLength(point, pointLength, "point");
    expectLength(other, pointLength, "point");
    return checked(addPoints(point, other));
  },

  decompress(compressed: Uint8Array): Uint8Array {
    expectLength(compressed, compressedLength, "point");
    return checked(decompressPoint(compressed));
  },
});
