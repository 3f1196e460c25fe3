import assert from "node:assert/strict";
import { nodeRandom, nodeSuite } from "../../hosts/node/nodeSuite.js";
import { allZero, hex } from "../../src/crypto/bytes.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import type { Suite } from "../../src/crypto/suite.js";
import { SeededRandom } from "../support/seededRandom.js";
import { suiteContract } from "./suiteContract.js";
import { finish, longSuiteChecks, suiteVectors } from "./suiteVectors.js";

suiteVectors(nodeSuite);
suiteVectors(nodeSuite, longSuiteChecks);
suiteContract(nodeSuite);

/** One result of every function of the Suite over random octets of random lengths; the same for the same seed. */
function sample(suite: Suite, seed: number): string[] {
  const random = new SeededRandom(seed);
  const any = (limit: number): Uint8Array => random.octets(random.below(limit));
  const [key, nonce, text, aad] = [random.octets(32), random.octets(12), any(600), any(80)];
  const sealed = suite.seal(key, nonce, text, aad);
  const damaged = sealed.slice();
  const at = random.below(damaged.length);
  damaged[at] = (damaged[at] as number) ^ (1 << random.below(8));
  return [
    hex(suite.sha256(any(200), any(200), any(3))),
    hex(suite.hmac(any(150), any(200), any(3), any(200))),
    hex(suite.hkdf(any(150), any(150), any(1025), 1 + random.below(400))),
    hex(sealed),
    hex(suite.open(key, nonce, sealed, aad) ?? random.octets(1)),
    String(suite.open(key, nonce, damaged, aad)),
    hex(finish(suite.pbkdf2(any(130), any(130), 1 + random.below(20)), 1 + random.below(9))),
  ];
}

describe("noble and node:crypto", () => {
  it("agree on random inputs of random lengths", () => {
    for (let seed = 1; seed <= 500; seed++) {
      assert.deepEqual(sample(nodeSuite, seed), sample(nobleSuite, seed), `seed ${seed}`);
    }
  });

  it("agree on the longest output of HKDF", () => {
    const [salt, ikm, info] = [new Uint8Array(3), new Uint8Array(32).fill(7), new Uint8Array(5)];
    const longest = 255 * 32;
    assert.equal(
      hex(nodeSuite.hkdf(salt, ikm, info, longest)),
      hex(nobleSuite.hkdf(salt, ikm, info, longest)),
    );
  });
});

describe("random numbers of Node", () => {
  it("fill the whole array, of any length, and nothing beside it", () => {
    for (const length of [16, 65_536 + 16]) {
      const around = new Uint8Array(length + 8);
      nodeRandom.fill(around.subarray(4, 4 + length));
      assert.ok(allZero(around.subarray(0, 4)) && allZero(around.subarray(4 + length)));
      for (let at = 4; at < length + 4; at += 16) {
        assert.ok(!allZero(around.subarray(at, at + 16)), `octets from ${at}`);
      }
    }
    nodeRandom.fill(new Uint8Array(0));
  });

  it("never repeat", () => {
    const seen = new Set<string>();
    for (let i = 0; i < 1000; i++) {
      const octets = new Uint8Array(16);
      nodeRandom.fill(octets);
      seen.add(hex(octets));
    }
    assert.equal(seen.size, 1000);
  });
});
