import assert from "node:assert/strict";
import { ascii } from "../../src/base/octets.js";
import { nobleSuite as suite } from "../../src/crypto/noble.js";
import { clientProof, makeVerifier, verifyProof } from "../../src/crypto/scram.js";

const exchange = ascii("this exchange");

describe("attacks on the proof of a password (EUK-UI-05)", () => {
  const salted = new Uint8Array(32).fill(7);
  const { storedKey, serverKey } = makeVerifier(suite, salted);

  it("replay it in another exchange", () => {
    const proof = clientProof(suite, salted, exchange);
    assert.equal(verifyProof(suite, storedKey, exchange, proof), true);
    assert.equal(verifyProof(suite, storedKey, ascii("another exchange"), proof), false);
  });

  it("make it from what the Server keeps", () => {
    const signature = suite.hmac(storedKey, exchange);
    for (const stolen of [storedKey, serverKey, new Uint8Array(32)]) {
      const forged = signature.map((octet, at) => octet ^ (stolen[at] as number));
      assert.equal(verifyProof(suite, storedKey, exchange, forged), false);
    }
  });
});
