/** P-256 as in a textbook: affine, BigInt, no care for time. It shares nothing with src/ nor with its back ends. */

export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
export const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
export const generator: Point = Object.freeze({
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
});

const mod = (value: bigint): bigint => ((value % p) + p) % p;

/** By the extended algorithm of Euclid. */
function inverse(value: bigint): bigint {
  let [r, next, s, t] = [mod(value), p, 1n, 0n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [s, t] = [t, s - quotient * t];
  }
  return mod(s);
}

function power(value: bigint, exponent: bigint): bigint {
  if (exponent === 0n) return 1n;
  const half = power(value, exponent / 2n);
  return exponent % 2n === 1n ? mod(half * half * value) : mod(half * half);
}

/** No point and its opposite are ever added here. */
export function add(one: Point, other: Point): Point {
  const equal = one.x === other.x;
  const slope = equal
    ? (3n * one.x * one.x - 3n) * inverse(2n * one.y)
    : (other.y - one.y) * inverse(other.x - one.x);
  const x = mod(slope * slope - one.x - other.x);
  return { x, y: mod(slope * (one.x - x) - one.y) };
}

export function times(scalar: bigint, point: Point): Point {
  if (scalar === 1n) return point;
  const half = times(scalar / 2n, point);
  const even = add(half, half);
  return scalar % 2n === 1n ? add(even, point) : even;
}

export const toNumber = (octets: Uint8Array): bigint => BigInt(`0x${Buffer.from(octets).toString("hex")}`);
export const octetsOf = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
export const encode = ({ x, y }: Point): Buffer =>
  Buffer.concat([Buffer.from([4]), octetsOf(x), octetsOf(y)]);

export function decompress(octets: Uint8Array): Point {
  const x = toNumber(octets.subarray(1));
  const y = power(mod(x * x * x - 3n * x + b), (p + 1n) / 4n);
  return { x, y: y % 2n === BigInt((octets[0] ?? 0) & 1) ? y : p - y };
}
