import assert from "node:assert/strict";
import { allZero, ascii, fromHex, hex } from "../../src/base/octets.js";
import { basePoint } from "../../src/crypto/curve.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { nobleCurve } from "../../src/crypto/nobleCurve.js";
import { Secret } from "../../src/crypto/secret.js";
import {
  type Agreement,
  proverKeys,
  proverSecrets,
  type SpakeKeys,
  share,
} from "../../src/crypto/spake2plus.js";
import { verifierBlinds, verifierKeys, verifierRecord } from "../../src/crypto/spake2plusVerifier.js";
import type { CurveSuite } from "../../src/crypto/suite.js";
import { codeOf } from "../support/codeOf.js";
import { SeededRandom } from "../support/seededRandom.js";
import { spakeVector as vector } from "../vectors/spake2plus.js";
import { falsePoints } from "./curveContract.js";

const agreement: Agreement = Object.freeze({
  context: ascii(vector.context),
  idProver: ascii(vector.idProver),
  idVerifier: ascii(vector.idVerifier),
  shareP: fromHex(vector.shareP),
  shareV: fromHex(vector.shareV),
});
/** As a verifier keeps it, with its blind, which noble's curve computes. */
const record = () => {
  const { w0M } = verifierBlinds({ ...nobleSuite, curve: nobleCurve }, fromHex(vector.w0));
  return { w0: fromHex(vector.w0), l: fromHex(vector.l), w0M };
};
const secrets = () => ({ w0: new Secret(fromHex(vector.w0)), w1: new Secret(fromHex(vector.w1)) });
const shown = ({ confirmP, confirmV, shared }: SpakeKeys) => [confirmP, confirmV, shared.octets].map(hex);

function published(suite: CurveSuite): void {
  const { curve } = suite;

  it("makes the shares of RFC 9383 and the record L", () => {
    const w0 = fromHex(vector.w0);
    assert.equal(hex(share(curve, "prover", fromHex(vector.x), w0)), vector.shareP);
    assert.equal(hex(share(curve, "verifier", fromHex(vector.y), w0)), vector.shareV);
    assert.equal(hex(curve.multiply(fromHex(vector.w1), basePoint())), vector.l);
  });

  it("derives Z, V, K_main, confirmations and K_shared of RFC 9383, on both sides", () => {
    const expected = [vector.confirmP, vector.confirmV, vector.shared];
    const hashed: Uint8Array[] = [];
    const keyed: string[] = [];
    const watching: CurveSuite = {
      ...suite,
      sha256: (...parts) => {
        hashed.push(...parts.map((part) => part.slice()));
        return suite.sha256(...parts);
      },
      hkdf: (salt, ikm, info, length) => {
        keyed.push(hex(ikm));
        return suite.hkdf(salt, ikm, info, length);
      },
    };
    assert.deepEqual(shown(proverKeys(watching, agreement, fromHex(vector.x), secrets())), expected);
    assert.deepEqual(shown(verifierKeys(watching, agreement, fromHex(vector.y), record())), expected);
    const [first, second] = hashed.map(hex);
    assert.equal(first, second);
    const length = "4100000000000000";
    assert.ok(first?.endsWith(`${length}${vector.z}${length}${vector.v}2000000000000000${vector.w0}`));
    assert.deepEqual(keyed, [vector.main, vector.main, vector.main, vector.main]);
  });
}

function own(suite: CurveSuite): void {
  let salted: Uint8Array;
  const random = new SeededRandom(9);

  before(() => {
    salted = suite.sha256(ascii("salted"));
  });

  it("agrees for the same SaltedPassword and identity only", () => {
    const { w0, w1 } = proverSecrets(suite, salted, ascii("alice"));
    const kept = verifierRecord(suite, salted, ascii("alice"));
    assert.equal(hex(kept.w0), hex(w0.octets));
    for (const [other, identity] of [
      [salted, ascii("alicf")],
      [suite.sha256(salted), ascii("alice")],
    ] as const) {
      const different = verifierRecord(suite, other, identity);
      assert.notEqual(hex(different.w0), hex(kept.w0));
      assert.notEqual(hex(different.l), hex(kept.l));
    }
    assert.notEqual(hex(w0.octets), hex(w1.octets));
  });

  it("gives neither side the keys of the other when anything of the agreement differs", () => {
    const reference = shown(verifierKeys(suite, agreement, fromHex(vector.y), record()));
    for (const name of ["context", "idProver", "idVerifier"] as const) {
      const changed = { ...agreement, [name]: ascii("another") };
      const keys = shown(proverKeys(suite, changed, fromHex(vector.x), secrets()));
      for (const [i, key] of keys.entries()) assert.notEqual(key, reference[i], name);
    }
    // The border between two identities must be part of the transcript.
    const moved = { ...agreement, idProver: ascii("clients"), idVerifier: ascii("erver") };
    assert.notDeepEqual(shown(verifierKeys(suite, moved, fromHex(vector.y), record())), reference);
  });

  it("gives the wrong password other keys, and the thief of a record no confirmation of the prover", () => {
    const reference = shown(verifierKeys(suite, agreement, fromHex(vector.y), record()));
    const wrong = { w0: new Secret(fromHex(vector.w0)), w1: new Secret(fromHex(vector.w0)) };
    assert.notDeepEqual(shown(proverKeys(suite, agreement, fromHex(vector.x), wrong)), reference);
  });

  it("refuses shares that are no points, and the share that is the blind alone", () => {
    for (const [why, octets, code] of falsePoints()) {
      const [x, y] = [fromHex(vector.x), fromHex(vector.y)];
      const fromVerifier = { ...agreement, shareV: octets };
      const fromProver = { ...agreement, shareP: octets };
      assert.equal(
        codeOf(() => proverKeys(suite, fromVerifier, x, secrets())),
        code,
        why,
      );
      assert.equal(
        codeOf(() => verifierKeys(suite, fromProver, y, record())),
        code,
        why,
      );
    }
    const { curve } = suite;
    const blind = curve.multiply(fromHex(vector.w0), curve.decompress(fromHex(vector.m)));
    assert.equal(
      codeOf(() => verifierKeys(suite, { ...agreement, shareP: blind }, fromHex(vector.y), record())),
      "crypto.point",
    );
  });

  it("leaves nothing in memory but its confirmations and the two Secrets", () => {
    const made: Uint8Array[] = [];
    const keep = (octets: Uint8Array): Uint8Array => {
      made.push(octets);
      return octets;
    };
    const { curve } = suite;
    const watching: CurveSuite = {
      ...suite,
      sha256: (...parts) => keep(suite.sha256(...parts)),
      hmac: (key, ...parts) => keep(suite.hmac(key, ...parts)),
      hkdf: (salt, ikm, info, length) => keep(suite.hkdf(salt, ikm, info, length)),
      curve: {
        ...curve,
        multiply: (k, point) => keep(curve.multiply(k, point)),
        add: (a, b) => keep(curve.add(a, b)),
      },
    };
    const keys = proverKeys(watching, agreement, random.octets(32).fill(1, 0, 1), secrets());
    keys.shared.wipe();
    const left = made.filter((octets) => !allZero(octets));
    assert.deepEqual(left, [keys.confirmP, keys.confirmV]);
    made.length = 0;
    const { w0, w1 } = proverSecrets(watching, salted, ascii("alice"));
    assert.ok(made.length > 0 && made.every(allZero));
    w0.wipe();
    w1.wipe();
  });
}

/** SPAKE2+ over a Suite and its Curve. */
export function spakeContract(suite: CurveSuite): void {
  describe(`SPAKE2+ (RFC 9383), back ends ${suite.name} and ${suite.curve.name}`, () => {
    published(suite);
    own(suite);
  });
}
