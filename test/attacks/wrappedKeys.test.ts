import assert from "node:assert/strict";
import { concat } from "../../src/base/octets.js";
import { type LocalKeyBinding, unwrapLocalKey, wrapLocalKey } from "../../src/crypto/keys/localKeys.js";
import { deriveKeys } from "../../src/crypto/keys/pairKeys.js";
import { nobleSuite as suite } from "../../src/crypto/noble.js";
import { changedContexts } from "../crypto/keys/keySchedule.js";
import { exampleInputs } from "../vectors/keySchedule.js";

const { key, owner, context, localKey, nonce } = exampleInputs();
const keys = deriveKeys(suite, "EUK", key, owner);
const other = Uint8Array.of(1, 2, 3);

describe("attacks on a wrapped LocalEUKey (PNI-05a, C-25)", () => {
  const binding: LocalKeyBinding = { role: "pne", context, keyID: 5, expiresAt: 1000 };
  const wrapped = wrapLocalKey(suite, keys, binding, nonce, localKey);

  it("present it in another role, with a newer id or with a later expiry", () => {
    const claims: readonly Partial<LocalKeyBinding>[] = [
      { role: "gw" },
      { keyID: 6 },
      { keyID: 4 },
      { expiresAt: 1001 },
      { expiresAt: 1000 + 2 ** 32 },
    ];
    for (const claim of claims)
      assert.equal(unwrapLocalKey(suite, keys, { ...binding, ...claim }, wrapped), undefined);
  });

  it("replay it in another PN, to another PNE or PN GW, or under other RANDs", () => {
    for (const one of changedContexts(context)) {
      assert.equal(unwrapLocalKey(suite, keys, { ...binding, context: one }, wrapped), undefined);
    }
  });

  it("give it to the holder of another key, or of the same key for another owner", () => {
    const others = [
      deriveKeys(suite, "EUK", localKey, owner),
      deriveKeys(suite, "EUK", key, other),
      deriveKeys(suite, "TK", key, owner),
    ];
    for (const wrong of others) assert.equal(unwrapLocalKey(suite, wrong, binding, wrapped), undefined);
  });

  it("change any bit, cut it or lengthen it", () => {
    for (let bit = 0; bit < wrapped.length * 8; bit++) {
      const changed = wrapped.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      assert.equal(unwrapLocalKey(suite, keys, binding, changed), undefined, `bit ${bit}`);
    }
    for (const length of [0, 11, 12, 27, 28, 44, 59]) {
      assert.equal(
        unwrapLocalKey(suite, keys, binding, wrapped.subarray(0, length)),
        undefined,
        `${length} octets`,
      );
    }
    assert.equal(unwrapLocalKey(suite, keys, binding, concat(wrapped, Uint8Array.of(0))), undefined);
  });
});
