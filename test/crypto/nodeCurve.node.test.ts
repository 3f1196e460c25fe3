import assert from "node:assert/strict";
import { createECDH, ECDH } from "node:crypto";
import { nodeCurve } from "../../hosts/node/nodeCurve.js";
import { allZero, concat, fromHex, hex } from "../../src/base/octets.js";
import { basePoint, compress, isScalar, negate, reduceScalar } from "../../src/crypto/curve.js";
import { nobleCurve } from "../../src/crypto/nobleCurve.js";
import { codeOf } from "../support/codeOf.js";
import { SeededRandom } from "../support/seededRandom.js";
import { curveContract } from "./curveContract.js";

curveContract(nodeCurve);

const order = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const number = (octets: Uint8Array): bigint => BigInt(`0x${hex(octets)}`);
const octetsOf = (value: bigint, length: number): Uint8Array =>
  fromHex(value.toString(16).padStart(2 * length, "0"));

describe("noble and node:crypto on P-256", () => {
  it("agree on products, sums and encodings of random points", () => {
    const random = new SeededRandom(9383);
    let point = basePoint();
    for (let i = 0; i < 60; i++) {
      const k = reduceScalar(random.octets(40));
      const product = nobleCurve.multiply(k, point);
      assert.equal(hex(nodeCurve.multiply(k, point)), hex(product), hex(k));
      assert.equal(hex(nodeCurve.add(product, point)), hex(nobleCurve.add(product, point)));
      const other = nobleCurve.decompress(compress(negate(product)));
      assert.equal(hex(nodeCurve.decompress(compress(negate(product)))), hex(other));
      assert.equal(hex(other), hex(negate(product)));
      point = product;
    }
  });

  it("agree with OpenSSL's own ECDH and encoding", () => {
    const [a, b] = [createECDH("prime256v1"), createECDH("prime256v1")];
    a.generateKeys();
    b.generateKeys();
    const secret = Uint8Array.from(a.computeSecret(b.getPublicKey()));
    const k = new Uint8Array(32);
    k.set(a.getPrivateKey(), 32 - a.getPrivateKey().length);
    for (const curve of [nobleCurve, nodeCurve]) {
      const product = curve.multiply(k, Uint8Array.from(b.getPublicKey()));
      assert.equal(hex(product.subarray(1, 33)), hex(secret));
      const compressed = ECDH.convertKey(product, "prime256v1", undefined, undefined, "compressed") as Buffer;
      assert.equal(hex(compress(product)), compressed.toString("hex"));
    }
  });

  it("take and refuse the same encodings around 0 and around p, and compute the same with what they take", () => {
    const prime = BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    let taken = 0;
    for (let i = 0n; i < 80n; i++) {
      for (const x of [i, prime - 40n + i]) {
        const octets = concat(Uint8Array.of(2 + Number(i & 1n)), octetsOf(x, 32));
        const both = [nobleCurve, nodeCurve].map((curve) => {
          const code = codeOf(() => curve.decompress(octets));
          if (code !== undefined) return code;
          const point = curve.decompress(octets);
          return hex(point) + hex(curve.multiply(octetsOf(3n, 32), point)) + hex(curve.add(point, point));
        });
        assert.equal(both[0], both[1], x.toString(16));
        if (both[0] !== "crypto.point") taken++;
        if (x >= prime) assert.equal(both[0], "crypto.point");
      }
    }
    assert.ok(taken > 30);
  });

  it("multiply by scalars at the ends of their range, on any point", () => {
    const point = nobleCurve.multiply(octetsOf(77n, 32), basePoint());
    for (const k of [1n, 2n, 3n, order - 1n, order - 2n, order - 3n, order >> 1n, (order >> 1n) + 1n]) {
      const scalar = octetsOf(k, 32);
      const expected = hex(nobleCurve.multiply(scalar, point));
      assert.equal(hex(nodeCurve.multiply(scalar, point)), expected, `${k}`);
    }
  });
});

describe("scalars mod n", () => {
  it("are what BigInt says, for random octets and at every edge", () => {
    const random = new SeededRandom(256);
    const edges = [0n, 1n, order - 1n, order, order + 1n, 2n * order - 1n, 2n * order, 2n ** 256n - 1n];
    const wide = [
      ...edges,
      ...edges.map((edge) => edge << 64n),
      ...edges.map((edge) => (edge << 64n) | 0xffffffffffffffffn),
      2n ** 320n - 1n,
      order * 2n ** 64n - 1n,
      order * (2n ** 64n - 1n),
      order * (2n ** 64n - 1n) + order - 1n,
      ...Array.from({ length: 2000 }, () => number(random.octets(40))),
    ].filter((value) => value < 2n ** 320n);
    for (const value of wide) {
      assert.equal(number(reduceScalar(octetsOf(value, 40))), value % order, value.toString(16));
    }
    assert.throws(() => reduceScalar(new Uint8Array(32)), { code: "crypto.length" });
  });

  it("are known from what is none", () => {
    for (const [value, is] of [
      [0n, false],
      [1n, true],
      [order - 1n, true],
      [order, false],
      [2n ** 256n - 1n, false],
    ] as const) {
      assert.equal(isScalar(octetsOf(value, 32)), is);
    }
  });
});

describe("back end node:crypto on P-256", () => {
  it("leaves no second copy of a product in Node's Buffers", () => {
    const buffers: Buffer[] = [];
    const made = Object.getPrototypeOf(createECDH("prime256v1"));
    const { computeSecret, getPublicKey } = made;
    const keep = (original: (...parameters: unknown[]) => Buffer) =>
      function (this: unknown, ...parameters: unknown[]): Buffer {
        const buffer = original.apply(this, parameters);
        buffers.push(buffer);
        return buffer;
      };
    made.computeSecret = keep(computeSecret);
    made.getPublicKey = keep(getPublicKey);
    try {
      const k = octetsOf(12345n, 32);
      nodeCurve.multiply(k, nodeCurve.multiply(k, basePoint()));
    } finally {
      made.computeSecret = computeSecret;
      made.getPublicKey = getPublicKey;
    }
    assert.equal(buffers.length, 3);
    for (const buffer of buffers) assert.ok(allZero(buffer));
  });
});
