import assert from "node:assert/strict";
import { nativeSuite } from "../../../../hosts/esp32/crypto/nativeSuite.js";
import { nodeSuite } from "../../../../hosts/node/nodeSuite.js";
import { concat, fromHex, hex } from "../../../../src/base/octets.js";
import { basePoint, compress, reduceScalar } from "../../../../src/crypto/curve.js";
import { nobleCurve } from "../../../../src/crypto/nobleCurve.js";
import { curveContract } from "../../../crypto/curveContract.js";
import { spakeContract } from "../../../crypto/spakeContract.js";
import { suiteContract } from "../../../crypto/suiteContract.js";
import { suiteSample } from "../../../crypto/suiteSample.js";
import { suiteVectors } from "../../../crypto/suiteVectors.js";
import { codeOf } from "../../../support/codeOf.js";
import { SeededRandom } from "../../../support/seededRandom.js";
import { sdkName, withDriver } from "./core.js";

const longestSlice = 500;

/** Every test of a back end over the device's C, on this machine. */
function backEnd(flags: readonly string[]): void {
  withDriver(flags);

  suiteVectors(nativeSuite);
  suiteContract(nativeSuite);
  curveContract(nativeSuite.curve);
  spakeContract(nativeSuite);

  it("agrees with node:crypto on random inputs of random lengths", () => {
    for (let seed = 1; seed <= 200; seed++) {
      assert.deepEqual(suiteSample(nativeSuite, seed), suiteSample(nodeSuite, seed), `seed ${seed}`);
    }
  });

  it("agrees with node:crypto at every length around the blocks of hash and cipher", () => {
    const octets = new SeededRandom(7).octets(400);
    const [key, nonce] = [octets.subarray(0, 32), octets.subarray(32, 44)];
    for (let length = 0; length <= 200; length++) {
      const text = octets.subarray(44, 44 + length);
      const aad = octets.subarray(200 - length, 200);
      for (const name of ["sha256", "hmac"] as const) {
        assert.equal(hex(nativeSuite[name](text, aad)), hex(nodeSuite[name](text, aad)), `${name} ${length}`);
      }
      const sealed = nativeSuite.seal(key, nonce, text, aad);
      assert.equal(hex(sealed), hex(nodeSuite.seal(key, nonce, text, aad)), `seal ${length}`);
      assert.equal(hex(nativeSuite.open(key, nonce, sealed, aad) ?? key), hex(text), `open ${length}`);
      const [ours, theirs] = [nativeSuite, nodeSuite].map((suite) =>
        hex(suite.hkdf(aad, text, key, length + 1)),
      );
      assert.equal(ours, theirs, `hkdf ${length}`);
    }
  });

  it("agrees with noble on products and sums of random and of extreme points and scalars", () => {
    const random = new SeededRandom(9383);
    const extreme = [
      "1",
      "2",
      "3",
      "10",
      "f",
      "8000000000000000",
      `f${"0".repeat(63)}`,
      `7${"f".repeat(63)}`,
    ];
    const scalars = [
      ...extreme.map((digits) => fromHex(digits.padStart(64, "0"))),
      ...Array.from({ length: 40 }, () => reduceScalar(random.octets(40))),
    ];
    let point = basePoint();
    for (const k of scalars) {
      const product = nobleCurve.multiply(k, point);
      assert.equal(hex(nativeSuite.curve.multiply(k, point)), hex(product), hex(k));
      assert.equal(hex(nativeSuite.curve.decompress(compress(product))), hex(product));
      if (hex(product) !== hex(point)) {
        assert.equal(hex(nativeSuite.curve.add(product, point)), hex(nobleCurve.add(product, point)));
      }
      point = product;
    }
  });

  it("takes and refuses the same octets as points as noble does", () => {
    const random = new SeededRandom(65);
    const g = basePoint();
    for (let i = 0; i < 300; i++) {
      const octets = g.slice();
      // One bit, or a whole coordinate, changed.
      if (i < 200) octets[random.below(65)] = random.below(256);
      else octets.set(random.octets(32), i % 2 === 0 ? 1 : 33);
      const [ours, theirs] = [nativeSuite.curve, nobleCurve].map((curve) =>
        codeOf(() => curve.add(octets, g)),
      );
      assert.equal(ours, theirs, hex(octets));
      const compressed = concat(Uint8Array.of(2 + (i & 1)), random.octets(32));
      const results = [nativeSuite.curve, nobleCurve].map((curve) => {
        const code = codeOf(() => curve.decompress(compressed));
        return code ?? hex(curve.decompress(compressed));
      });
      assert.equal(results[0], results[1], hex(compressed));
    }
  });

  it("derives in slices of at most 500 iterations, however many are asked for", () => {
    const derivation = nativeSuite.pbkdf2(Uint8Array.of(1), Uint8Array.of(2), 1100);
    assert.equal(derivation.step(Number.POSITIVE_INFINITY), undefined);
    assert.equal(derivation.done, longestSlice);
    derivation.step(1e9);
    assert.equal(derivation.done, 1000);
    assert.equal(derivation.step(1e9)?.length, 32);
  });
}

for (const flags of [["-m64"], ["-m32", "-DCPNS_NO_CARRY_FLAG=1"]]) {
  describe(`the device's C with ${sdkName}, sanitized, gcc ${flags.join(" ")}`, () => backEnd(flags));
}
