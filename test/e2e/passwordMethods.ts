import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import { add, decompress, encode, octetsOf, order, type Point, times, toNumber } from "./p256.js";
import { a, at, H, HKDF, HMAC, lp, type Seen } from "./protocolPage.js";

/** EUKey assignment as docs/PROTOCOL.md says, from a password: right or guessed. */

export type Parties = readonly [pne: Buffer, gateway: Buffer, server: Buffer];
export const namesOf = (parties: Parties): Buffer => Buffer.concat(parties.map(lp));

function transcript(label: string, parties: Parties, [request, challenge]: readonly Seen[]): Buffer {
  assert.ok(request && challenge);
  return Buffer.concat([a(label), namesOf(parties), lp(request.octets), lp(challenge.octets)]);
}

function saltedPassword(password: string, challenge: Seen): Buffer {
  return pbkdf2Sync(password, at(challenge, 8), challenge.body.get(9) as number, 32, "sha256");
}

/** The proof and K_delivery that this password gives; `legs` are Request and challenge, and what follows. */
export function scramGuess(
  password: string,
  parties: Parties,
  legs: readonly Seen[],
): { readonly proof: Buffer; readonly deliveryKey: Buffer } {
  const [, challenge] = legs;
  assert.equal(challenge?.body.get(7), 1);
  const auth = transcript("CPNS SCRAM v1", parties, legs);
  const salted = saltedPassword(password, challenge);
  const clientKey = HMAC(salted, a("Client Key"));
  const signature = HMAC(H(clientKey), auth);
  const deliveryKey = HKDF(H(auth), HMAC(salted, a("Server Key")), a("CPNS EUKey delivery"), 32);
  return { proof: Buffer.from(clientKey.map((octet, i) => octet ^ (signature[i] ?? 0))), deliveryKey };
}

/** M and N of RFC 9383 §4. */
const m = decompress(
  Buffer.from("02886e2f97ace46e55ba9dd7242579f2993b64e16ef3dcab95afd497333d8fa12f", "hex"),
);
const n = decompress(
  Buffer.from("03d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49", "hex"),
);

export interface SpakeGuess {
  /** X − w0·M, which is x·P, and Y − w0·N, which is y·P, when the password is right. */
  readonly own: Point;
  readonly peer: Point;
  readonly w1: bigint;
  /** All that follows from Z. */
  keys(z: Point): { readonly confirmP: Buffer; readonly confirmV: Buffer; readonly deliveryKey: Buffer };
}

function part(octets: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(octets.length));
  return Buffer.concat([length, octets]);
}

/** What this password gives of spake2plus to who has seen Request, challenge and the shares. */
export function spakeGuess(password: string, parties: Parties, legs: readonly Seen[]): SpakeGuess {
  const [request, challenge, share, answer] = legs;
  assert.ok(request && challenge && share && answer);
  assert.equal(challenge.body.get(7), 2);
  const [, , server] = parties;
  const userID = at(request, 2);
  const info = Buffer.concat([a("CPNS SPAKE2+ w0 w1"), lp(userID), lp(server)]);
  const wide = HKDF(Buffer.alloc(0), saltedPassword(password, challenge), info, 80);
  const w0 = toNumber(wide.subarray(0, 40)) % order;
  const w1 = toNumber(wide.subarray(40)) % order;
  const [shareP, shareV] = [share, answer].map((leg) => decompress(at(leg, 31))) as [Point, Point];
  const peer = add(shareV, times(order - w0, n));
  const keys = (z: Point): ReturnType<SpakeGuess["keys"]> => {
    const context = transcript("CPNS SPAKE2+ v1", parties, legs);
    const points = [m, n, shareP, shareV, z, times(w1, peer)].map(encode);
    const main = H(...[context, userID, server, ...points, octetsOf(w0)].map(part));
    const none = Buffer.alloc(0);
    const confirmation = HKDF(none, main, a("ConfirmationKeys"), 64);
    return {
      confirmP: HMAC(confirmation.subarray(0, 32), encode(shareV)),
      confirmV: HMAC(confirmation.subarray(32), encode(shareP)),
      deliveryKey: HKDF(none, HKDF(none, main, a("SharedKey"), 32), a("CPNS EUKey delivery"), 32),
    };
  };
  return { own: add(shareP, times(order - w0, m)), peer, w1, keys };
}
