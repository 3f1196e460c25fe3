import { fromHex, hex } from "../../src/base/octets.js";
import type { Curve } from "../../src/crypto/curve.js";

/**
 * A group with the shape of P-256 and none of its strength: the integers v mod p, as points (x, y) with y = v and x
 * the even one of v and −v. It stands in for native arithmetic where memory is measured, for which noble's would
 * count; both ends must have it.
 */
const modulus = (): bigint => BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
const number = (octets: Uint8Array): bigint => BigInt(`0x${hex(octets)}`);
const digits = (value: bigint): string => value.toString(16).padStart(64, "0");

function encoded(value: bigint): Uint8Array {
  const opposite = modulus() - value;
  const x = value % BigInt(2) === BigInt(1) ? opposite : value;
  return fromHex(`04${digits(x)}${digits(value)}`);
}

export const toyCurve: Curve = Object.freeze({
  name: "toy",
  multiply: (scalar: Uint8Array, point: Uint8Array) =>
    encoded((number(scalar) * number(point.subarray(33))) % modulus()),
  add: (point: Uint8Array, other: Uint8Array) =>
    encoded((number(point.subarray(33)) + number(other.subarray(33))) % modulus()),
  decompress(compressed: Uint8Array): Uint8Array {
    const x = number(compressed.subarray(1));
    return encoded(compressed[0] === 2 ? x : modulus() - x);
  },
});
