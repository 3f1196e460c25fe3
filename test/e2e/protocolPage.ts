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

/** K_auth, K_wrap and K_sess of a key. */
export const pairKeys = (salt: string, key: Uint8Array, owner: Uint8Array) => ({
  auth: HKDF(a(salt), key, Buffer.concat([a("auth"), lp(owner)]), 32),
  wrap: HKDF(a(salt), key, Buffer.concat([a("wrap"), lp(owner)]), 32),
  sess: HKDF(a(salt), key, Buffer.concat([a("sess"), lp(owner)]), 32),
});

/** A record opened, by its session key. */
export function openRecord(sk: Uint8Array, direction: "i2r" | "r2i", record: Uint8Array): Buffer {
  const keys = HKDF(Buffer.alloc(0), sk, a(`CPNS record ${direction}`), 44);
  const head = record[0] === 1 ? 5 : 13;
  const nonce = Buffer.from(keys.subarray(32));
  for (let i = 0; i < 4; i++) nonce[8 + i] = (nonce[8 + i] ?? 0) ^ (record[head - 4 + i] ?? 0);
  return open(keys.subarray(0, 32), nonce, record.subarray(head), record.subarray(0, head));
}

/** SK of a direct pair, with both HASHes verified. */
export function directPair(
  salt: string,
  key: Buffer,
  owner: Buffer,
  legs: readonly Seen[],
): { sk: Buffer; sid: Buffer } {
  const [connect, request, response, accept] = legs;
  assert.ok(connect && request && response && accept);
  const keys = pairKeys(salt, key, owner);
  const th1 = H(lp(connect.octets), lp(request.octets));
  const th2 = H(lp(connect.octets), lp(request.octets), lp(response.octets));
  assert.deepEqual(at(response, 5), HMAC(keys.auth, a("c-hash"), th1).subarray(0, 16));
  assert.deepEqual(at(accept, 5), HMAC(keys.auth, a("s-hash"), th2).subarray(0, 16));
  const sk = HKDF(
    Buffer.concat([at(connect, 4), at(request, 4)]),
    keys.sess,
    Buffer.concat([a("CPNS SK"), th1]),
    32,
  );
  return { sk, sid: th2.subarray(0, 8) };
}
