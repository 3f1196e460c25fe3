import assert from "node:assert/strict";
import { allZero, hex } from "../../src/base/octets.js";
import { Secret } from "../../src/crypto/secret.js";

const octets = (): Uint8Array => Uint8Array.from({ length: 32 }, (_, index) => index + 1);

describe("a Secret", () => {
  it("turns into no text but its mark, whichever way", () => {
    const secret = new Secret(octets());
    assert.equal(`${secret}`, "[secret]");
    assert.equal(String(secret), "[secret]");
    assert.equal(`key ${secret}`, "key [secret]");
    assert.equal(["a", secret].join(), "a,[secret]");
    assert.equal(JSON.stringify(secret), '"[secret]"');
    assert.equal(JSON.stringify({ key: secret, list: [secret] }), '{"key":"[secret]","list":["[secret]"]}');
  });

  it("shows nothing to what walks over properties", () => {
    const secret = new Secret(octets());
    assert.deepEqual(Object.keys(secret), []);
    assert.deepEqual(Object.getOwnPropertyNames(secret), []);
    assert.equal(JSON.stringify({ ...secret }), "{}");
  });

  it("wipes the very octets it was given, once and for all", () => {
    const own = octets();
    const secret = new Secret(own);
    assert.equal(secret.octets, own);
    assert.equal(secret.wiped, false);
    secret.wipe();
    assert.equal(secret.wiped, true);
    assert.equal(allZero(own), true);
    secret.wipe();
    assert.equal(`${secret}`, "[secret]");
  });

  it("throws when it is used after the wipe, so that zeros never serve as a key", () => {
    const secret = new Secret(octets());
    secret.wipe();
    assert.throws(() => secret.octets, RangeError);
    assert.throws(() => secret.copy(), RangeError);
  });

  it("lives on in its copy", () => {
    const secret = new Secret(octets());
    const copy = secret.copy();
    secret.wipe();
    assert.equal(hex(copy.octets), hex(octets()));
  });
});
