import assert from "node:assert/strict";
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { nodeRandom, nodeSuite } from "../../hosts/node/nodeSuite.js";
import { allZero, hex } from "../../src/base/octets.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { suiteContract } from "./suiteContract.js";
import { suiteSample } from "./suiteSample.js";
import { longSuiteChecks, suiteVectors } from "./suiteVectors.js";

suiteVectors(nodeSuite);
suiteVectors(nodeSuite, longSuiteChecks);
suiteContract(nodeSuite);

describe("noble and node:crypto", () => {
  it("agree on random inputs of random lengths", () => {
    for (let seed = 1; seed <= 500; seed++) {
      assert.deepEqual(suiteSample(nodeSuite, seed), suiteSample(nobleSuite, seed), `seed ${seed}`);
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

  it("never repeat, whatever lengths are asked for in turn", () => {
    for (const lengths of [[16], [8, 12, 16, 32, 64, 65]]) {
      const seen = new Set<string>();
      let parts = 0;
      for (let i = 0; i < 1000; i++) {
        const octets = new Uint8Array(lengths[i % lengths.length] as number);
        nodeRandom.fill(octets);
        for (let at = 0; at + 8 <= octets.length; at++, parts++) seen.add(hex(octets.subarray(at, at + 8)));
      }
      assert.equal(seen.size, parts);
    }
  });

  it("stay nowhere else once they were handed out", () => {
    const real = crypto.randomFillSync;
    const filled: Uint8Array[] = [];
    try {
      crypto.randomFillSync = ((into: Uint8Array) => {
        filled.push(into);
        return real(into);
      }) as typeof real;
      syncBuiltinESMExports();
      const octets = new Uint8Array(32);
      for (let i = 0; filled.length < 2; i++) {
        assert.ok(i < 1000);
        nodeRandom.fill(octets);
        if (filled.length === 0) continue;
        const [drawn] = filled as [Uint8Array];
        assert.equal(Buffer.from(drawn).includes(Buffer.from(octets)), false);
      }
    } finally {
      crypto.randomFillSync = real;
      syncBuiltinESMExports();
    }
  });
});
