import assert from "node:assert/strict";
import { nativeSuite } from "../../../../hosts/esp32/crypto/nativeSuite.js";
import { hex } from "../../../../src/base/octets.js";
import { basePoint, type Curve, compress } from "../../../../src/crypto/curve.js";
import { nobleSuite } from "../../../../src/crypto/noble.js";
import type { Suite } from "../../../../src/crypto/suite.js";
import { finish } from "../../../crypto/suiteVectors.js";
import { SeededRandom } from "../../../support/seededRandom.js";
import { callable, growing, type Native, noOctets, random, refusals, right, thrown } from "./buffers.js";

/** Every function over arguments shaped by `shape`, as one text. */
function all(suite: Suite & { readonly curve?: Curve }, shape: (octets: Uint8Array) => Uint8Array): string {
  const octets = new SeededRandom(4).octets(200);
  const part = (from: number, length: number): Uint8Array => shape(octets.slice(from, from + length));
  const [key, nonce, text, aad] = [part(0, 32), part(32, 12), part(44, 71), part(115, 13)];
  const sealed = suite.seal(key, nonce, text, aad);
  const results = [
    suite.sha256(text, aad),
    suite.hmac(key, text, aad),
    suite.hkdf(aad, key, nonce, 50),
    sealed,
    suite.open(key, nonce, shape(sealed), aad) ?? nonce,
    finish(suite.pbkdf2(text, aad, 3), 2),
  ];
  if (suite.curve !== undefined) {
    const product = suite.curve.multiply(key, shape(basePoint()));
    results.push(product, suite.curve.add(shape(product), shape(basePoint())));
    results.push(suite.curve.decompress(shape(compress(product))));
  }
  return results.map(hex).join(" ");
}

const inBuffer = (buffer: ArrayBuffer, at: number, octets: Uint8Array): Uint8Array => {
  const view = new Uint8Array(buffer, at, octets.length);
  view.set(octets);
  return view;
};

export function shapes(): void {
  const plain = all(nativeSuite, (octets) => octets);

  it("octets count the same at every offset in their buffer", () => {
    for (let at = 0; at < 9; at++) {
      const shifted = all(nativeSuite, (octets) => inBuffer(new ArrayBuffer(octets.length + 16), at, octets));
      assert.equal(shifted, plain, `offset ${at}`);
    }
  });

  it("octets count the same in growing buffers, under views that follow their length, and in shared ones", () => {
    const grown = all(nativeSuite, (octets) => {
      const buffer = growing(octets.length + 3, octets.length + 40);
      const view = inBuffer(buffer, 3, octets);
      buffer.resize(octets.length + 40);
      return view;
    });
    assert.equal(grown, plain);
    const following = all(nativeSuite, (octets) => {
      const buffer = growing(1, 300);
      const view = new Uint8Array(buffer);
      buffer.resize(octets.length);
      view.set(octets);
      return view;
    });
    assert.equal(following, plain);
    const shared = all(nativeSuite, (octets) =>
      inBuffer(new SharedArrayBuffer(octets.length + 1) as unknown as ArrayBuffer, 1, octets),
    );
    assert.equal(shared, plain);
  });

  it("one buffer may be key, nonce, text and associated data at once", () => {
    const octets = new SeededRandom(8).octets(64);
    const [key, nonce] = [octets.subarray(0, 32), octets.subarray(20, 32)];
    const [ours, theirs] = [nativeSuite, nobleSuite].map((suite) => {
      const sealed = suite.seal(key, nonce, octets, octets);
      const opened = suite.open(key, nonce, sealed, octets);
      assert.equal(hex(opened ?? nonce), hex(octets));
      const results = [
        suite.sha256(octets, octets, octets),
        suite.hmac(octets, octets, octets.subarray(1)),
        suite.hkdf(octets, octets, octets, 64),
        finish(suite.pbkdf2(octets, octets, 4), 4),
      ];
      return [sealed, ...results].map(hex).join(" ");
    });
    assert.equal(ours, theirs);
  });

  it("parts may be many, empty and long", () => {
    const octets = new SeededRandom(6).octets(100_000);
    const parts = Array.from({ length: 300 }, (_, i) => octets.subarray(i * 300, i * 300 + (i % 7) * 50));
    assert.equal(hex(nativeSuite.sha256(...parts)), hex(nobleSuite.sha256(...parts)));
    assert.equal(hex(nativeSuite.sha256(octets)), hex(nobleSuite.sha256(octets)));
    assert.equal(hex(nativeSuite.sha256()), hex(nobleSuite.sha256()));
  });

  it("derivations that are forgotten half way are collected, thousands of them", () => {
    for (let i = 0; i < 20_000; i++) {
      const derivation = nativeSuite.pbkdf2(random.octets(8), random.octets(8), 100);
      derivation.step(3);
      if (i % 3 === 0) derivation.cancel();
    }
    assert.equal(
      all(nativeSuite, (octets) => octets),
      plain,
    );
  });

  it("random calls with random arguments throw or answer, and leave right results behind", () => {
    const names = Object.keys(right());
    for (let i = 0; i < 4000; i++) {
      const name = names[random.below(names.length)] as string;
      const bad = noOctets();
      const values = (right()[name] as readonly unknown[]).map((one) => {
        const choice = random.below(4);
        if (choice === 0) return (bad[random.below(bad.length)] as readonly [string, unknown])[1];
        return choice === 1 ? random.octets(random.below(100)) : one;
      });
      const kind = thrown(() => (callable[name] as Native)(...values.slice(0, 1 + random.below(5))));
      assert.ok(kind === "none" || refusals.includes(kind), `${name}: ${kind}`);
    }
    assert.equal(
      all(nativeSuite, (octets) => octets),
      plain,
    );
  });
}
