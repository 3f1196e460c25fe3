import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { ascii, hex } from "../../src/base/octets.js";
import { recordKeys } from "../../src/crypto/keys/recordKeys.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { Secret } from "../../src/crypto/secret.js";
import { openRecord, sealRecord } from "../../src/link/record.js";

describe("records of two cryptographic back ends", () => {
  const key = (suite: typeof nobleSuite) =>
    recordKeys(suite, new Secret(new Uint8Array(32).fill(9))).responderToInitiator;
  const plaintext = ascii("the same octets, whoever seals them");

  it("are the same and open at each other's", () => {
    for (const [a, b] of [
      [nobleSuite, nodeSuite],
      [nodeSuite, nobleSuite],
    ] as const) {
      const record = sealRecord(a, key(a), 0x01020304, plaintext);
      assert.equal(hex(record), hex(sealRecord(b, key(b), 0x01020304, plaintext)));
      assert.deepEqual(openRecord(b, key(b), 0, record).plaintext, plaintext);
    }
  });
});
