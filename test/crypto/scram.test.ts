import assert from "node:assert/strict";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { nobleSuite as suite } from "../../src/crypto/noble.js";
import {
  clientKey,
  clientProof,
  makeVerifier,
  serverKey,
  serverSignature,
  verifyProof,
} from "../../src/crypto/scram.js";
import { codeOf } from "../support/codeOf.js";
import { scramVector } from "../vectors/scramSha256.js";
import { finish } from "./suiteVectors.js";

const salted = (password: string): Uint8Array =>
  finish(suite.pbkdf2(ascii(password), fromHex(scramVector.salt), 2), 2);
const message = ascii(scramVector.authMessage);

// The vector of RFC 7677 itself is one of suiteVectors, so that every back end has to pass it.
describe("SCRAM (EUK-UI-05, EUK-UI-15, EUK-GW-09)", () => {
  it("verifies the proof of the right password over the same messages", () => {
    const { storedKey } = makeVerifier(suite, salted("pencil"));
    assert.equal(verifyProof(suite, storedKey, message, clientProof(suite, salted("pencil"), message)), true);
  });

  it("refuses the proof of another password, and of any other salt or count", () => {
    const { storedKey } = makeVerifier(suite, salted("pencil"));
    const others = [
      salted("Pencil"),
      salted("pencil "),
      finish(suite.pbkdf2(ascii("pencil"), ascii("other salt"), 2), 2),
      finish(suite.pbkdf2(ascii("pencil"), fromHex(scramVector.salt), 3), 3),
    ];
    for (const other of others) {
      assert.equal(verifyProof(suite, storedKey, message, clientProof(suite, other, message)), false);
    }
  });

  it("refuses a proof over other messages, and with any bit changed", () => {
    const { storedKey } = makeVerifier(suite, salted("pencil"));
    const proof = clientProof(suite, salted("pencil"), message);
    assert.equal(verifyProof(suite, storedKey, message.subarray(1), proof), false);
    for (let bit = 0; bit < 256; bit++) {
      const changed = proof.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      assert.equal(verifyProof(suite, storedKey, message, changed), false, `bit ${bit}`);
    }
  });

  it("leaves proof and verifier as they were when it verifies", () => {
    const { storedKey } = makeVerifier(suite, salted("pencil"));
    const proof = clientProof(suite, salted("pencil"), message);
    const before = [hex(storedKey), hex(proof)];
    verifyProof(suite, storedKey, message, proof);
    assert.deepEqual([hex(storedKey), hex(proof)], before);
  });

  it("refuses proofs of another length than 32", () => {
    const { storedKey } = makeVerifier(suite, salted("pencil"));
    for (const length of [0, 31, 33]) {
      const wrong = new Uint8Array(length);
      assert.equal(
        codeOf(() => verifyProof(suite, storedKey, message, wrong)),
        "crypto.length",
      );
    }
  });

  it("keeps in the verifier neither SaltedPassword nor ClientKey, which would make proofs", () => {
    const password = salted("pencil");
    const verifier = makeVerifier(suite, password);
    const kept = [hex(verifier.storedKey), hex(verifier.serverKey)];
    for (const secret of [password, clientKey(suite, password)]) assert.ok(!kept.includes(hex(secret)));
    assert.equal(kept[0], hex(suite.sha256(clientKey(suite, password))));
    assert.equal(kept[1], hex(serverKey(suite, password)));
  });

  it("signs for the Server with ServerKey only", () => {
    const { storedKey, serverKey: key } = makeVerifier(suite, salted("pencil"));
    const signature = hex(serverSignature(suite, key, message));
    assert.notEqual(signature, hex(serverSignature(suite, storedKey, message)));
    assert.notEqual(signature, hex(serverSignature(suite, key, message.subarray(1))));
  });
});
