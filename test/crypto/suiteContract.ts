import assert from "node:assert/strict";
import { ascii, hex } from "../../src/base/octets.js";
import type { Suite } from "../../src/crypto/suite.js";
import { codeOf } from "../support/codeOf.js";
import { SeededRandom } from "../support/seededRandom.js";
import { finish } from "./suiteVectors.js";

const password = ascii("pencil");
const salt = ascii("sixteen octets..");

function bounds(suite: Suite): void {
  const [key, nonce, none] = [new Uint8Array(32), new Uint8Array(12), new Uint8Array(0)];

  it("refuses keys that are not 32 and nonces that are not 12 octets", () => {
    for (const length of [0, 16, 31, 33, 64]) {
      const wrong = new Uint8Array(length);
      assert.equal(
        codeOf(() => suite.seal(wrong, nonce, none, none)),
        "crypto.length",
      );
      assert.equal(
        codeOf(() => suite.open(wrong, nonce, new Uint8Array(16), none)),
        "crypto.length",
      );
    }
    for (const length of [0, 8, 11, 13, 24]) {
      const wrong = new Uint8Array(length);
      assert.equal(
        codeOf(() => suite.seal(key, wrong, none, none)),
        "crypto.length",
      );
      assert.equal(
        codeOf(() => suite.open(key, wrong, new Uint8Array(16), none)),
        "crypto.length",
      );
    }
  });

  it("is suite 1, and makes and takes the lengths that it says", () => {
    const { key: keyLength, hash, nonce: nonceLength, tag } = suite.lengths;
    assert.deepEqual([suite.id, keyLength, hash, nonceLength, tag], [1, 32, 32, 12, 16]);
    assert.equal(suite.sha256(none).length, hash);
    assert.equal(suite.hmac(key, none).length, hash);
    assert.equal(suite.seal(key, nonce, new Uint8Array(5), none).length, 5 + tag);
  });

  it("refuses HKDF outputs outside 1 … 8160 octets and an info above 1024", () => {
    for (const length of [0, -1, 1.5, Number.NaN, 8161, 2 ** 32 + 1]) {
      assert.equal(
        codeOf(() => suite.hkdf(none, key, none, length)),
        "crypto.length",
      );
    }
    assert.equal(
      codeOf(() => suite.hkdf(none, key, new Uint8Array(1025), 32)),
      "crypto.length",
    );
    assert.equal(suite.hkdf(none, key, new Uint8Array(1024), 1).length, 1);
  });

  it("refuses PBKDF2 iterations outside 1 … 1000000, before computing anything", () => {
    for (const iterations of [0, -1, 1.5, Number.NaN, 1_000_001, Number.POSITIVE_INFINITY]) {
      assert.equal(
        codeOf(() => suite.pbkdf2(password, salt, iterations)),
        "crypto.iterations",
      );
    }
    assert.equal(suite.pbkdf2(password, salt, 1_000_000).done, 0);
  });
}

function derivations(suite: Suite): void {
  it("refuses a slice that makes no progress", () => {
    const derivation = suite.pbkdf2(password, salt, 3);
    for (const slice of [0, -1, 0.5, Number.NaN]) {
      assert.equal(
        codeOf(() => derivation.step(slice)),
        "crypto.iterations",
      );
    }
    assert.equal(derivation.step(Number.POSITIVE_INFINITY)?.length, 32);
  });

  it("derives the same key whatever the slices, and never counts past the end", () => {
    const whole = hex(finish(suite.pbkdf2(password, salt, 101), 101));
    for (const slice of [1, 1.9, 2, 3, 7, 50, 99, 100, 102, 1e9]) {
      const derivation = suite.pbkdf2(password, salt, 101);
      let key: Uint8Array | undefined;
      for (let before = 0; key === undefined; before = derivation.done) {
        key = derivation.step(slice);
        const done = derivation.done - before;
        // A back end may finish at once instead; a slice that does not finish stays within its bound.
        assert.ok(done > 0 && (done <= slice || derivation.done === 101), `${done} of ${slice}`);
      }
      assert.equal(derivation.done, 101);
      assert.equal(hex(key), whole, `slices of ${slice}`);
    }
  });

  it("derives from password and salt as they were at the start", () => {
    const expected = hex(finish(suite.pbkdf2(password, salt, 5), 5));
    const [ownPassword, ownSalt] = [password.slice(), salt.slice()];
    const derivation = suite.pbkdf2(ownPassword, ownSalt, 5);
    ownPassword.fill(0);
    ownSalt.fill(0);
    assert.equal(hex(finish(derivation, 2)), expected);
  });

  it("runs two derivations side by side", () => {
    const passwords = [password, ascii("other")];
    const alone = passwords.map((one) => hex(finish(suite.pbkdf2(one, salt, 9), 9)));
    const running = passwords.map((one) => suite.pbkdf2(one, salt, 9));
    const early = running.map((derivation) => derivation.step(4));
    const keys = running.map((derivation, index) => early[index] ?? finish(derivation, 4));
    assert.deepEqual(keys.map(hex), alone);
  });

  it("yields nothing once it is cancelled or has yielded its key", () => {
    const cancelled = suite.pbkdf2(password, salt, 10);
    cancelled.cancel();
    cancelled.cancel();
    assert.equal(
      codeOf(() => cancelled.step(10)),
      "crypto.cancelled",
    );
    assert.equal(cancelled.done, 0);
    const complete = suite.pbkdf2(password, salt, 10);
    const key = finish(complete, 10);
    const kept = hex(key);
    assert.equal(
      codeOf(() => complete.step(1)),
      "crypto.cancelled",
    );
    complete.cancel();
    assert.equal(hex(key), kept);
  });
}

function ownership(suite: Suite): void {
  const random = new SeededRandom(11);
  const [key, nonce, text, aad] = [32, 12, 40, 9].map((length) => random.octets(length)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const outputs = (): Uint8Array[] => [
    suite.sha256(text),
    suite.hmac(key, text),
    suite.hkdf(aad, key, text, 44),
    suite.seal(key, nonce, text, aad),
    suite.open(key, nonce, suite.seal(key, nonce, text, aad), aad) as Uint8Array,
    finish(suite.pbkdf2(text, aad, 2), 2),
  ];

  it("returns plain arrays that are the whole of their buffer, so that wiping one wipes all of it", () => {
    for (const octets of outputs()) {
      assert.equal(Object.getPrototypeOf(octets), Uint8Array.prototype);
      assert.equal(octets.buffer.byteLength, octets.length);
    }
  });

  it("returns fresh arrays and leaves its arguments as they were", () => {
    const before = [key, nonce, text, aad].map(hex);
    const first = outputs();
    const kept = first.map(hex);
    for (const octets of first) octets.fill(0);
    assert.deepEqual(outputs().map(hex), kept);
    assert.deepEqual([key, nonce, text, aad].map(hex), before);
  });
}

/** What `Suite` promises beside the published values, for every back end. */
export function suiteContract(suite: Suite): void {
  describe(`contract of Suite, back end ${suite.name}`, () => {
    bounds(suite);
    derivations(suite);
    ownership(suite);
  });
}
