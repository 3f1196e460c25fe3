import assert from "node:assert/strict";
import { allZero, ascii } from "../../src/base/octets.js";
import { directSessionKey, transcriptHash1 } from "../../src/crypto/keys/directKeys.js";
import { unwrapLocalKey, wrapLocalKey } from "../../src/crypto/keys/localKeys.js";
import { deriveKeys, wipeKeys } from "../../src/crypto/keys/pairKeys.js";
import { recordKeys } from "../../src/crypto/keys/recordKeys.js";
import { rekeyed } from "../../src/crypto/keys/rekey.js";
import { hashPNE, hashServer, relayedSessionKey } from "../../src/crypto/keys/relayedKeys.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { clientProof, makeVerifier, verifyProof } from "../../src/crypto/scram.js";
import type { Suite } from "../../src/crypto/suite.js";
import { exampleInputs } from "../vectors/keySchedule.js";
import { type Recording, recordingSuite } from "./recordingSuite.js";

const inputs = exampleInputs();
const { context, localKey, nonce, pnInventory } = inputs;
const keys = deriveKeys(nobleSuite, "EUK", inputs.key, inputs.owner);
const sk = relayedSessionKey(nobleSuite, keys, context);
const message = ascii("AuthMessage");
const salted = new Uint8Array(32).fill(9);

/** What the Suite returned during `run` and nobody wiped. */
function left(run: (suite: Suite) => unknown): Uint8Array[] {
  const { suite, returned } = recordingSuite(nobleSuite);
  run(suite);
  return returned.filter((octets) => !allZero(octets));
}

describe("what is left in memory", () => {
  it("of a verifier is StoredKey and ServerKey, no ClientKey", () => {
    let verifier: readonly Uint8Array[] = [];
    const remains = left((suite) => {
      const { storedKey, serverKey } = makeVerifier(suite, salted);
      verifier = [storedKey, serverKey];
    });
    assert.deepEqual(remains, verifier);
  });

  it("of a proof is the proof alone: neither StoredKey nor the signature that gives ClientKey back", () => {
    let proof: Uint8Array | undefined;
    const remains = left((suite) => {
      proof = clientProof(suite, salted, message);
    });
    assert.equal(remains.length, 1);
    assert.equal(remains[0], proof);
  });

  it("of a verified proof is no ClientKey, whether it holds or not", () => {
    const { storedKey } = makeVerifier(nobleSuite, salted);
    const proof = clientProof(nobleSuite, salted, message);
    for (const one of [proof, new Uint8Array(32)]) {
      const recording: Recording = recordingSuite(nobleSuite);
      verifyProof(recording.suite, storedKey, message, one);
      const [key, hashed] = recording.returned;
      assert.ok(key !== undefined && allZero(key), "ClientKey");
      assert.equal(hashed?.length, 32);
    }
  });

  it("of a session key with an ECDH share is the session key alone, and K_sess lives on", () => {
    const { randPNE, randServer } = context;
    const th1 = transcriptHash1(nobleSuite, message, message);
    const recording = recordingSuite(nobleSuite);
    for (const share of [undefined, inputs.ecdhSecret]) {
      directSessionKey(recording.suite, keys, randPNE, randServer, th1, share);
    }
    const [plain, joined] = recording.keyMaterial;
    assert.equal(plain, keys.sess.octets);
    assert.ok(joined !== undefined && joined.length === 64 && allZero(joined));
    assert.ok(!allZero(keys.sess.octets) && !allZero(inputs.ecdhSecret));
  });

  it("of the value profile's hashes is no hash of SK", () => {
    const skHash = nobleSuite.sha256(ascii("sk"), sk.octets);
    const remains = left((suite) => {
      const pneHash = hashPNE(suite, keys, context, sk);
      hashServer(suite, keys, context, sk, pneHash, pnInventory);
    });
    assert.equal(remains.length, 5, "two hashes, two of PNEInfo, one of the inventory");
    for (const octets of remains) assert.notDeepEqual(octets, skHash);
  });

  it("of a session that is renewed are its key, its binder and the HASH, and not what was hashed", () => {
    const hashed: Uint8Array[] = [];
    let returned: readonly Uint8Array[] = [];
    const remains = left((suite) => {
      const hmac: Suite["hmac"] = (key, ...parts) => {
        hashed.push(...parts.slice(1, 2));
        return suite.hmac(key, ...parts);
      };
      const { sk: renewed, binder, hash } = rekeyed({ ...suite, hmac }, keys, context, new Uint8Array(16));
      returned = [renewed.octets, binder.octets, hash];
    });
    const [octets] = hashed.slice(-1);
    assert.ok(octets && octets.length > 64 && allZero(octets), "the context");
    for (const one of returned) assert.ok(remains.includes(one));
  });

  it("of the keys of records are the two Secrets and their IVs", () => {
    assert.equal(left((suite) => recordKeys(suite, sk)).length, 0);
  });

  it("of an unwrapped LocalEUKey is its Secret, which its owner wipes", () => {
    const binding = { role: "pne", context, keyID: 1, expiresAt: 2 } as const;
    const wrapped = wrapLocalKey(nobleSuite, keys, binding, nonce, localKey);
    const { suite, returned } = recordingSuite(nobleSuite);
    const key = unwrapLocalKey(suite, keys, binding, wrapped);
    const opened = returned[returned.length - 1];
    assert.equal(key?.octets, opened);
    key?.wipe();
    assert.ok(opened !== undefined && allZero(opened));
  });

  it("of a pair's keys is nothing once they are wiped", () => {
    const remains = left((suite) => wipeKeys(deriveKeys(suite, "TK", inputs.key, inputs.owner)));
    assert.equal(remains.length, 0);
  });
});
