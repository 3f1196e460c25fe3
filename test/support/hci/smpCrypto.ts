import { createCipheriv, createECDH } from "node:crypto";

/**
 * Cryptographic functions of LE Secure Connections (Core specification, vol. 3, part H, 2.2), most significant octet
 * first, as they are written there.
 */

const block = 16;

function aes(key: Uint8Array, octets: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  return Uint8Array.from(cipher.update(octets));
}

/** Twice the number, in the field of RFC 4493. */
function doubled(octets: Uint8Array): Uint8Array {
  const twice = octets.map((octet, i) => (octet << 1) | ((octets[i + 1] ?? 0) >> 7));
  if ((octets[0] as number) >= 0x80) twice[block - 1] = (twice[block - 1] as number) ^ 0x87;
  return twice;
}

const xor = (one: Uint8Array, other: Uint8Array): Uint8Array =>
  one.map((octet, i) => octet ^ (other[i] ?? 0));

/** AES-CMAC (RFC 4493). */
export function cmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  const subkey = doubled(aes(key, new Uint8Array(block)));
  const blocks = Math.max(1, Math.ceil(message.length / block));
  const whole = message.length === blocks * block;
  const last = new Uint8Array(block);
  last.set(message.subarray((blocks - 1) * block));
  if (!whole) last[message.length % block] = 0x80;
  let sum: Uint8Array = new Uint8Array(block);
  for (let i = 0; i < blocks - 1; i++) sum = aes(key, xor(sum, message.subarray(i * block, (i + 1) * block)));
  return aes(key, xor(sum, xor(last, whole ? subkey : doubled(subkey))));
}

export const concat = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** The commitment to a number, of keys by their X coordinates. */
export const f4 = (u: Uint8Array, v: Uint8Array, x: Uint8Array, z: number): Uint8Array =>
  cmac(x, concat(u, v, Uint8Array.of(z)));

/** The six digits that people compare. */
export function g2(u: Uint8Array, v: Uint8Array, x: Uint8Array, y: Uint8Array): number {
  const last = cmac(x, concat(u, v, y)).slice(-4);
  return new DataView(last.buffer).getUint32(0) % 1_000_000;
}

const salt = Buffer.from("6c888391aaf5a53860370bdb5a6083be", "hex");
const keyID = Buffer.from("btle");

export interface PairingKeys {
  readonly mac: Uint8Array;
  readonly longTerm: Uint8Array;
}

/** Of the shared secret, both numbers, and both addresses behind their types. */
export function f5(
  secret: Uint8Array,
  numbers: readonly [Uint8Array, Uint8Array],
  addresses: readonly [Uint8Array, Uint8Array],
): PairingKeys {
  const key = cmac(salt, secret);
  const derive = (counter: number): Uint8Array =>
    cmac(key, concat(Uint8Array.of(counter), keyID, ...numbers, ...addresses, Uint8Array.of(1, 0)));
  return { mac: derive(0), longTerm: derive(1) };
}

/** The proof that one has the keys, over one's own capabilities; a comparison has no `shared` number. */
export function f6(
  key: Uint8Array,
  numbers: readonly [Uint8Array, Uint8Array],
  capabilities: Uint8Array,
  addresses: readonly [Uint8Array, Uint8Array],
  shared: Uint8Array = new Uint8Array(block),
): Uint8Array {
  return cmac(key, concat(...numbers, shared, capabilities, ...addresses));
}

/** A key pair of P-256: coordinates X and Y, and the secret with a peer's. */
export interface PairingCurve {
  readonly x: Uint8Array;
  readonly y: Uint8Array;
  shared(x: Uint8Array, y: Uint8Array): Uint8Array;
}

export function newCurve(): PairingCurve {
  const own = createECDH("prime256v1");
  const point = Uint8Array.from(own.generateKeys());
  return {
    x: point.subarray(1, 33),
    y: point.subarray(33),
    shared: (x, y) => Uint8Array.from(own.computeSecret(concat(Uint8Array.of(4), x, y))),
  };
}
