import assert from "node:assert/strict";
import { openSslSuite } from "../../../../hosts/simulator/network/openssl.js";
import { ascii } from "../../../../src/base/octets.js";
import { nobleSuite } from "../../../../src/crypto/noble.js";
import type { Suite } from "../../../../src/crypto/suite.js";
import { suiteContract } from "../../../crypto/suiteContract.js";
import { suiteVectors } from "../../../crypto/suiteVectors.js";

suiteVectors(openSslSuite);
suiteContract(openSslSuite);

describe("the Suite of many simulated PNEs", () => {
  it("derives in the same slices as noble, to the same key, so that a run is the same with either", () => {
    const slices = (suite: Suite): readonly unknown[] => {
      const derivation = suite.pbkdf2(ascii("password"), ascii("a salt of 16 oct"), 1_000);
      const seen: unknown[] = [];
      for (let key: Uint8Array | undefined; key === undefined; ) {
        key = derivation.step(300);
        seen.push([derivation.done, key]);
      }
      return seen;
    };
    assert.equal(slices(openSslSuite).length, 4);
    assert.deepEqual(slices(openSslSuite), slices(nobleSuite));
  });
});
