import assert from "node:assert/strict";
import { concat, fromHex, hex } from "../../src/base/octets.js";
import { basePoint, type Curve, compress, negate } from "../../src/crypto/curve.js";
import { codeOf } from "../support/codeOf.js";
import { p256Multiples } from "../vectors/p256.js";
import { spakeVector } from "../vectors/spake2plus.js";

const scalar = (digits: string): Uint8Array => fromHex(digits.padStart(64, "0"));
const point = (x: string, y: string): Uint8Array => fromHex(`04${x}${y}`);
const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";

/** Octets that are no point of P-256, each for a reason of its own. */
export function falsePoints(): readonly (readonly [why: string, octets: Uint8Array, code: string])[] {
  const g = basePoint();
  const off = g.slice();
  off[64] = (off[64] as number) ^ 1;
  const x = hex(g.subarray(1, 33));
  const y = hex(g.subarray(33));
  // 5 is the x of a point: p + 5 still fits in 32 octets and would be the same point to a careless reader.
  const five = fromHex("ffffffff00000001000000000000000000000001000000000000000000000004");
  return [
    ["not on the curve", off, "crypto.point"],
    ["(0, 0), as some write the identity", concat(Uint8Array.of(4), new Uint8Array(64)), "crypto.point"],
    ["the identity of SEC 1", Uint8Array.of(0), "crypto.length"],
    ["the identity of SEC 1, padded", new Uint8Array(65), "crypto.point"],
    ["on another curve", point(x, x), "crypto.point"],
    ["x equal to p", point(prime, y), "crypto.point"],
    ["x above p", concat(Uint8Array.of(4), five, g.subarray(33)), "crypto.point"],
    ["y above p", concat(g.subarray(0, 33), new Uint8Array(32).fill(255)), "crypto.point"],
    ["a hybrid encoding", concat(Uint8Array.of(7), g.subarray(1)), "crypto.point"],
    ["a compressed one in a longer coat", concat(Uint8Array.of(3), g.subarray(1)), "crypto.point"],
    ["nothing", new Uint8Array(0), "crypto.length"],
    ["one octet short", g.slice(0, 64), "crypto.length"],
    ["one octet long", concat(g, Uint8Array.of(0)), "crypto.length"],
    ["compressed", compress(g), "crypto.length"],
  ];
}

/** Compressed encodings of no point. */
export function falseCompressed(): readonly (readonly [why: string, octets: Uint8Array, code: string])[] {
  const g = compress(basePoint());
  // There is no point with x = 1 and there is one with x = 5, so p + 5 would be a second encoding of that.
  return [
    ["x of no point", concat(Uint8Array.of(2), scalar("01")), "crypto.point"],
    ["x equal to p", concat(Uint8Array.of(2), fromHex(prime)), "crypto.point"],
    [
      "x above p, of a point when reduced",
      fromHex("02ffffffff00000001000000000000000000000001000000000000000000000004"),
      "crypto.point",
    ],
    ["x of all ones", concat(Uint8Array.of(3), new Uint8Array(32).fill(255)), "crypto.point"],
    ["of the identity", new Uint8Array(33), "crypto.point"],
    ["with the head of an uncompressed one", concat(Uint8Array.of(4), g.subarray(1)), "crypto.point"],
    ["one octet short", g.slice(0, 32), "crypto.length"],
    ["one octet long", concat(g, Uint8Array.of(0)), "crypto.length"],
    ["uncompressed", basePoint(), "crypto.length"],
  ];
}

function arithmetic(curve: Curve): void {
  const g = basePoint();

  for (const { k, x, y } of p256Multiples) {
    it(`multiplies the base point by ${k}`, () => {
      assert.equal(hex(curve.multiply(scalar(k), g)), hex(point(x, y)));
    });
  }

  it("multiplies any other point as the base point: (k·l)·G = k·(l·G)", () => {
    const { w1, l } = spakeVector;
    assert.equal(hex(curve.multiply(fromHex(w1), g)), l);
    const doubled = curve.multiply(scalar("02"), fromHex(l));
    assert.equal(hex(doubled), hex(curve.add(fromHex(l), fromHex(l))));
    const minus = curve.multiply(fromHex(order).fill(0x50, 31), fromHex(l));
    assert.equal(hex(minus), hex(negate(fromHex(l))));
    assert.equal(hex(curve.multiply(scalar("01"), fromHex(l))), l);
  });

  it("adds points, equal ones too, and knows no sum that is the identity", () => {
    const two = curve.multiply(scalar("02"), g);
    const three = curve.multiply(scalar("03"), g);
    assert.equal(hex(curve.add(g, g)), hex(two));
    assert.equal(hex(curve.add(two, g)), hex(three));
    assert.equal(hex(curve.add(g, two)), hex(three));
    assert.equal(hex(curve.add(three, negate(two))), hex(g));
    assert.equal(
      codeOf(() => curve.add(three, negate(three))),
      "crypto.point",
    );
  });

  it("decompresses what was compressed, both signs", () => {
    for (const one of [g, negate(g), fromHex(spakeVector.shareP), fromHex(spakeVector.shareV)]) {
      assert.equal(hex(curve.decompress(compress(one))), hex(one));
    }
    assert.equal(hex(curve.decompress(fromHex(spakeVector.m))).slice(2, 66), spakeVector.m.slice(2));
  });
}

function refusals(curve: Curve): void {
  const g = basePoint();
  const one = scalar("01");

  for (const [why, octets, code] of falsePoints()) {
    it(`refuses a point that is ${why}`, () => {
      const uses = [
        () => curve.multiply(scalar("02"), octets),
        () => curve.multiply(one, octets),
        () => curve.add(octets, g),
        () => curve.add(g, octets),
      ];
      for (const use of uses) assert.equal(codeOf(use), code);
    });
  }

  for (const [why, octets, code] of falseCompressed()) {
    it(`refuses a compressed point: ${why}`, () => {
      assert.equal(
        codeOf(() => curve.decompress(octets)),
        code,
      );
    });
  }

  it("refuses scalars of 0, n and above, and of another length", () => {
    for (const digits of ["00", order, `${order.slice(0, 63)}2`, "f".repeat(64)]) {
      for (const p of [g, fromHex(spakeVector.l)]) {
        assert.equal(
          codeOf(() => curve.multiply(scalar(digits), p)),
          "crypto.scalar",
        );
      }
    }
    for (const length of [0, 31, 33]) {
      assert.equal(
        codeOf(() => curve.multiply(new Uint8Array(length).fill(1), g)),
        "crypto.length",
      );
    }
  });

  it("returns fresh plain arrays and leaves its arguments as they were", () => {
    const [k, p] = [scalar("05"), fromHex(spakeVector.l)];
    for (const made of [curve.multiply(k, p), curve.add(p, g), curve.decompress(compress(p))]) {
      assert.equal(Object.getPrototypeOf(made), Uint8Array.prototype);
      assert.equal(made.buffer.byteLength, 65);
      made.fill(0);
    }
    assert.equal(hex(p), spakeVector.l);
    assert.equal(hex(k), hex(scalar("05")));
    assert.equal(hex(curve.multiply(one, g)), hex(g));
  });
}

/** What `Curve` promises, for every back end. */
export function curveContract(curve: Curve): void {
  describe(`P-256, back end ${curve.name}`, () => {
    arithmetic(curve);
    refusals(curve);
  });
}
