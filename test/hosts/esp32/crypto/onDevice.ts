import assert from "node:assert/strict";
import { hardwareRandom } from "../../../../hosts/esp32/crypto/hardwareRandom.js";
import { verify } from "../../../../hosts/esp32/crypto/native.js";
import { nativeSuite } from "../../../../hosts/esp32/crypto/nativeSuite.js";
import { allZero, fromHex, hex } from "../../../../src/base/octets.js";
import { basePoint, compress, order, reduceScalar } from "../../../../src/crypto/curve.js";
import { verifySignature } from "../../../../src/crypto/ecdsa.js";
import { nobleSuite } from "../../../../src/crypto/noble.js";
import { nobleCurve } from "../../../../src/crypto/nobleCurve.js";
import { curveContract } from "../../../crypto/curveContract.js";
import { ecdsaContract } from "../../../crypto/ecdsaContract.js";
import { spakeContract } from "../../../crypto/spakeContract.js";
import { suiteContract } from "../../../crypto/suiteContract.js";
import { suiteSample } from "../../../crypto/suiteSample.js";
import { longSuiteChecks, suiteVectors } from "../../../crypto/suiteVectors.js";
import { SeededRandom } from "../../../support/seededRandom.js";
import { ecdsaVectors } from "../../../vectors/ecdsaP256.js";
import { buffers } from "./buffers.js";
import { shapes } from "./shapes.js";

/** Run inside a build of the Moddable SDK by tools/device/crypto.mjs, with the C of hosts/esp32/crypto. */

suiteVectors(nativeSuite);
suiteVectors(nativeSuite, longSuiteChecks);
suiteContract(nativeSuite);
curveContract(nativeSuite.curve);
spakeContract(nativeSuite);
ecdsaContract("the device's C", nativeSuite);

describe("native and noble on the same XS", () => {
  it("agree on random inputs of random lengths", () => {
    for (let seed = 1; seed <= 150; seed++) {
      assert.deepEqual(suiteSample(nativeSuite, seed), suiteSample(nobleSuite, seed), `seed ${seed}`);
    }
  });

  it("agree on products, sums and encodings of random points", () => {
    const random = new SeededRandom(256);
    let point = basePoint();
    for (let i = 0; i < 30; i++) {
      const k = reduceScalar(random.octets(40));
      const product = nobleCurve.multiply(k, point);
      assert.equal(hex(nativeSuite.curve.multiply(k, point)), hex(product), hex(k));
      assert.equal(hex(nativeSuite.curve.add(product, point)), hex(nobleCurve.add(product, point)));
      assert.equal(hex(nativeSuite.curve.decompress(compress(product))), hex(product));
      point = product;
    }
  });
});

describe("ECDSA in the device's C", () => {
  const verified = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
    verify(key, nativeSuite.sha256(message), signature);

  it("answers as Project Wycheproof wants", () => {
    for (const { key, tests } of ecdsaVectors) {
      const publicKey = compress(fromHex(key));
      for (const [id, good, message, signature] of tests) {
        if (signature.length !== 128) continue;
        assert.equal(verified(publicKey, fromHex(message), fromHex(signature)), good, `test ${id}`);
      }
    }
  });

  it("says the same as src/crypto/ecdsa.ts where r and s are small, around n, and swapped", () => {
    const suite = { ...nobleSuite, curve: nobleCurve };
    const key = compress(basePoint());
    const values = [0n, 1n, 2n, 3n].flatMap((one) => [one, BigInt(`0x${order}`) - 2n + one]);
    const message = Uint8Array.of(1, 2, 3);
    for (const r of values) {
      for (const s of values) {
        const signature = fromHex([r, s].map((one) => one.toString(16).padStart(64, "0")).join(""));
        const both = [verified(key, message, signature), verifySignature(suite, key, message, signature)];
        assert.equal(both[0], both[1], hex(signature));
      }
    }
  });

  it("takes no key that is no point", () => {
    assert.equal(verified(new Uint8Array(33), new Uint8Array(0), new Uint8Array(64).fill(1)), false);
  });
});

describe("buffers of XS in the device's C", buffers);
describe("octets in every shape, native", shapes);

describe("random numbers of the device", () => {
  it("fill the whole array, of any length, and nothing beside it", () => {
    for (const length of [1, 16, 255, 256, 257, 70_000]) {
      const around = new Uint8Array(length + 8);
      hardwareRandom.fill(around.subarray(4, 4 + length));
      assert.ok(allZero(around.subarray(0, 4)) && allZero(around.subarray(4 + length)));
      for (let at = 4; at + 16 <= length + 4; at += 16) assert.ok(!allZero(around.subarray(at, at + 16)));
    }
    hardwareRandom.fill(new Uint8Array(0));
  });

  it("never repeat", () => {
    const seen = new Set<string>();
    for (let i = 0; i < 1000; i++) {
      const octets = new Uint8Array(16);
      hardwareRandom.fill(octets);
      seen.add(hex(octets));
    }
    assert.equal(seen.size, 1000);
  });
});
