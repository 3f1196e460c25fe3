import assert from "node:assert/strict";
import { concat, fromHex } from "../../src/base/octets.js";
import { compress, negate, order } from "../../src/crypto/curve.js";
import { signatureLength, verifySignature } from "../../src/crypto/ecdsa.js";
import type { CurveSuite } from "../../src/crypto/suite.js";
import { codeOf } from "../support/codeOf.js";
import { ecdsaVectors } from "../vectors/ecdsaP256.js";

/** RFC 6979 A.2.5, P-256 with SHA-256, message "sample". */
const sample = Object.freeze({
  key: "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
  message: "73616d706c65",
  r: "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
  s: "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
});

/** n − s: 32 octets. */
function negated(s: Uint8Array): Uint8Array {
  const n = fromHex(order);
  let borrow = 0;
  for (let i = 31; i >= 0; i--) {
    const difference = (n[i] as number) - (s[i] as number) - borrow;
    n[i] = difference;
    borrow = difference < 0 ? 1 : 0;
  }
  return n;
}

/** What any back end's curve must make of signatures. */
export function ecdsaContract(name: string, suite: CurveSuite): void {
  const verify = (key: string, message: string, ...signature: readonly Uint8Array[]): boolean =>
    verifySignature(suite, fromHex(key), fromHex(message), concat(...signature));
  const { key, message } = sample;
  const r = fromHex(sample.r);
  const s = fromHex(sample.s);

  describe(`ECDSA over P-256 by ${name}`, () => {
    it("takes the signature of RFC 6979 A.2.5, and its twin with n − s, as the standard does", () => {
      assert.equal(verify(key, message, r, s), true);
      assert.equal(verify(key, message, r, negated(s)), true);
    });

    it("refuses it for another message, another key and the negated key", () => {
      const other = compress(negate(suite.curve.decompress(fromHex(key))));
      const another = compress(suite.curve.multiply(s, suite.curve.decompress(fromHex(key))));
      assert.equal(verify(key, `${message}00`, r, s), false);
      assert.equal(verifySignature(suite, other, fromHex(message), concat(r, s)), false);
      assert.equal(verifySignature(suite, another, fromHex(message), concat(r, s)), false);
    });

    it("refuses it with any octet altered", () => {
      for (let i = 0; i < signatureLength; i++) {
        const altered = concat(r, s);
        altered[i] = (altered[i] as number) ^ 0x40;
        assert.equal(verify(key, message, altered), false, `octet ${i}`);
      }
    });

    it("refuses r and s of 0, n, n + what was signed, and all ones, each with a good other half", () => {
      const zero = new Uint8Array(32);
      const n = fromHex(order);
      const ones = new Uint8Array(32).fill(255);
      for (const bad of [zero, n, ones]) {
        assert.equal(verify(key, message, bad, s), false);
        assert.equal(verify(key, message, r, bad), false);
        assert.equal(verify(key, message, bad, bad), false);
      }
      assert.equal(verify(key, message, s, r), false);
    });

    it("refuses every length but 64", () => {
      const whole = concat(r, s);
      for (const length of [0, 1, 32, 63]) assert.equal(verify(key, message, whole.slice(0, length)), false);
      assert.equal(verify(key, message, whole, new Uint8Array(1)), false);
      assert.equal(verify(key, message, new Uint8Array(1), whole), false);
    });

    it("throws for a key that is none", () => {
      const of = (octets: Uint8Array) =>
        codeOf(() => verifySignature(suite, octets, fromHex(message), concat(r, s)));
      assert.equal(of(new Uint8Array(33)), "crypto.point");
      assert.equal(of(fromHex(`02${"00".repeat(31)}01`)), "crypto.point");
      assert.equal(of(suite.curve.decompress(fromHex(key))), "crypto.length");
      assert.equal(of(new Uint8Array(0)), "crypto.length");
    });

    it("answers as Project Wycheproof wants", () => {
      for (const { key: point, tests } of ecdsaVectors) {
        const publicKey = compress(fromHex(point));
        for (const [id, good, octets, signature] of tests) {
          const found = verifySignature(suite, publicKey, fromHex(octets), fromHex(signature));
          assert.equal(found, good, `test ${id}`);
        }
      }
    });
  });
}
