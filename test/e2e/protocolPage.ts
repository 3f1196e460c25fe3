import assert from "node:assert/strict";
import { createDecipheriv, createHash, createHmac, hkdfSync } from "node:crypto";
import * as cborg from "cborg";

/** What docs/PROTOCOL.md builds with, by node:crypto and cborg: it shares nothing with src/. */

export type Body = Map<number, unknown>;
export interface Seen {
  readonly type: number;
  readonly body: Body;
  readonly octets: Buffer;
}

export const H = (...parts: Uint8Array[]): Buffer =>
  createHash("sha256").update(Buffer.concat(parts)).digest();
export const HMAC = (key: Uint8Array, ...parts: Uint8Array[]): Buffer =>
  createHmac("sha256", key).update(Buffer.concat(parts)).digest();
export const HKDF = (salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Buffer =>
  Buffer.from(hkdfSync("sha256", ikm, salt, info, length));
export const a = (text: string): Buffer => Buffer.from(text, "ascii");
export const lp = (octets: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([octets.length >> 8, octets.length & 255]), octets]);

export function open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Buffer {
  const cipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  cipher.setAAD(aad, { plaintextLength: sealed.length - 16 });
  cipher.setAuthTag(sealed.subarray(sealed.length - 16));
  return Buffer.concat([cipher.update(sealed.subarray(0, sealed.length - 16)), cipher.final()]);
}

export function parse(octets: Uint8Array): Seen {
  const [version, type, , body] = cborg.decode(octets, { useMaps: true, strict: true }) as [
    number,
    number,
    number,
    Body,
  ];
  assert.equal(version, 1);
  return { type, body, octets: Buffer.from(octets) };
}

export const at = (seen: Seen, key: number): Buffer => Buffer.from(seen.body.get(key) as Uint8Array);
