import assert from "node:assert/strict";
import { fromHex, hex } from "../../src/base/octets.js";
import {
  bool,
  decode,
  encode,
  field,
  list,
  octets,
  optional,
  record,
  type Schema,
  text,
  uint,
} from "../../src/codec/schema.js";

const sample = record({
  z: optional(-1, octets(0, 4)),
  b: field(2, text(1, 8)),
  a: field(1, uint(1000)),
  c: optional(24, list(bool, 0, 3)),
});

describe("schemas", () => {
  it("encode maps in the order of their keys' encodings, whatever the order of declaration", () => {
    const value = { b: "\u00e4", a: 500, c: [true, false], z: Uint8Array.of(9) };
    const encoded = encode(sample, value);
    assert.equal(hex(encoded), "a4011901f40262c3a4181882f5f4204109");
    assert.deepEqual(decode(sample, encoded), value);
  });

  it("leave out what is absent", () => {
    const encoded = encode(sample, { a: 0, b: "x" });
    assert.equal(hex(encoded), "a20100026178");
    assert.deepEqual(Object.keys(decode(sample, encoded) as object), ["a", "b"]);
  });

  it("give copies, so that a reused buffer does not change a decoded value", () => {
    const input = fromHex("a3010002617820 42 0102");
    const value = decode(sample, input);
    input.fill(0);
    assert.equal(hex(value.z ?? new Uint8Array(0)), "0102");
  });

  const refusedInput: readonly (readonly [
    title: string,
    schema: Schema<unknown>,
    input: string,
    code: string,
  ])[] = [
    ["a number above its bound", sample, "a201 1903e9 02 6178", "cbor.range"],
    ["a text above its bound", sample, "a2010002 69 787878787878787878", "cbor.length"],
    ["a text below its bound", sample, "a2010002 60", "cbor.length"],
    ["a list above its bound", list(bool, 0, 2), "83f4f4f4", "cbor.length"],
    ["a missing key", sample, "a10100", "cbor.missingKey"],
    ["a missing first key", sample, "a1026178", "cbor.missingKey"],
    ["an unknown critical key", sample, "a30100026178 0300", "cbor.unknownKey"],
    ["a wrong type", sample, "a2 01 40 02 6178", "cbor.type"],
    ["a bad unknown extension", sample, "a3 0100 026178 21 f6", "cbor.unsupported"],
    ["a list where a map belongs", sample, "80", "cbor.type"],
  ];
  for (const [title, schema, input, code] of refusedInput) {
    it(`refuse ${title}: ${code}`, () => {
      assert.throws(() => decode(schema, fromHex(input)), { code });
    });
  }

  it("pass over an unknown extension, which has a negative key", () => {
    const value = decode(sample, fromHex("a3 0100 026178 21 82 01 a1 00 40"));
    assert.deepEqual(value, { a: 0, b: "x" });
  });

  it("refuse to encode what is out of bounds", () => {
    assert.throws(() => encode(sample, { a: 1001, b: "x" }), { code: "cbor.range" });
    assert.throws(() => encode(sample, { a: -1, b: "x" }), { code: "cbor.range" });
    assert.throws(() => encode(sample, { a: 1.5, b: "x" }), { code: "cbor.type" });
    assert.throws(() => encode(sample, { a: 1, b: "" }), { code: "cbor.length" });
    assert.throws(() => encode(sample, { a: 1, b: "\ud800" }), { code: "cbor.utf8" });
    assert.throws(() => encode(octets(2, 2), new Uint8Array(3)), { code: "cbor.length" });
  });

  it("carry numbers up to 2^53 − 1", () => {
    const schema = uint(Number.MAX_SAFE_INTEGER);
    for (const value of [
      0,
      23,
      24,
      255,
      256,
      65535,
      65536,
      0xffffffff,
      0x100000000,
      Number.MAX_SAFE_INTEGER,
    ]) {
      assert.equal(decode(schema, encode(schema, value)), value);
    }
  });

  it("are frozen, so that they can be preloaded", () => {
    assert.ok(Object.isFrozen(sample));
    assert.throws(() => record({ a: field(1, bool), b: field(1, bool) }), RangeError);
  });
});
