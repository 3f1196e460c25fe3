import assert from "node:assert/strict";
import { fromHex, hex } from "../../src/base/octets.js";
import { defineMessage, encodeMessage, messageSet, peekMessage } from "../../src/codec/message.js";
import { Reader } from "../../src/codec/reader.js";
import { failure } from "../../src/codec/replies.js";
import { field, octets, record } from "../../src/codec/schema.js";
import { connectResponse } from "../../src/protocols/authentication/messages.js";
import { codeOf } from "../support/codeOf.js";

const set = messageSet(failure, connectResponse);
const long = defineMessage("Long", 99, record({ a: field(0, octets(0, 5000)) }));

describe("messages", () => {
  it("are [version, type, exchange, body]", () => {
    const octets = encodeMessage(failure, 300, { result: 5 });
    assert.equal(hex(octets), "84011619012ca10005");
    const message = set.decode(octets);
    assert.equal(message.name, "Failure");
    assert.equal(message.exchange, 300);
    assert.deepEqual(message.octets, octets);
  });

  it("of another version, an unlisted type or a wrong shape are refused by name", () => {
    assert.throws(() => set.decode(fromHex("84 02 16 01 a1 00 05")), { code: "message.version" });
    assert.throws(() => set.decode(fromHex("84 01 01 01 a1 16 00")), { code: "message.unknown" });
    assert.throws(() => set.decode(fromHex("83 01 16 01")), { code: "cbor.length" });
    assert.throws(() => set.decode(fromHex("84 01 16 1a 00 01 00 00 a1 00 05")), { code: "cbor.range" });
    assert.throws(() => set.decode(fromHex("84 01 16 01 a1 00 05 00")), { code: "cbor.trailing" });
    assert.throws(() => set.decode(new Uint8Array(0)), { code: "cbor.truncated" });
  });

  it("longer than 2048 octets are refused both ways, unless the leg allows more", () => {
    const value = { a: new Uint8Array(3000) };
    assert.throws(() => encodeMessage(long, 1, value), { code: "message.tooLong" });
    const octets = encodeMessage(long, 1, value, 8192);
    assert.throws(() => messageSet(long).decode(octets), { code: "message.tooLong" });
    assert.equal(messageSet(long).decode(octets, 8192).name, "Long");
  });

  it("need types of their own in a set, and exchanges of 16 bits", () => {
    assert.throws(() => messageSet(failure, failure), RangeError);
    assert.throws(() => encodeMessage(failure, 65536, { result: 0 }), { code: "cbor.range" });
  });

  it("can be peeked at without trust", () => {
    assert.deepEqual(peekMessage(encodeMessage(failure, 7, { result: 0 })), { type: 22, exchange: 7 });
    assert.equal(peekMessage(Uint8Array.of(1, 2, 3)), undefined);
    assert.equal(peekMessage(new Uint8Array(0)), undefined);
  });
});

describe("the bounds of a message", () => {
  const body = record({ a: field(0, octets(0, 4_000)) });
  const definition = defineMessage("Bounded", 24, body);
  const set = messageSet(definition);
  /** So long in all: four octets before the exchange, and so on. */
  const made = (length: number, exchange = 1): Uint8Array => {
    const overhead = encodeMessage(definition, exchange, { a: new Uint8Array(300) }).length - 300;
    return encodeMessage(definition, exchange, { a: new Uint8Array(length - overhead) });
  };

  it("are 2048 octets, unless told", () => {
    for (const length of [2047, 2048]) {
      assert.equal(made(length).length, length);
      assert.equal(set.decode(made(length)).name, "Bounded");
    }
    assert.equal(
      codeOf(() => made(2049)),
      "message.tooLong",
    );
    const long = encodeMessage(definition, 1, { a: new Uint8Array(2039) }, 2049);
    assert.equal(long.length, 2049);
    assert.equal(
      codeOf(() => set.decode(long)),
      "message.tooLong",
    );
    assert.equal(set.decode(long, 2049).name, "Bounded");
    assert.equal(
      codeOf(() => set.decode(long, 2048)),
      "message.tooLong",
    );
  });

  it("are exchanges of 0 to 65535", () => {
    for (const exchange of [0, 1, 0xfffe, 0xffff])
      assert.equal(set.decode(made(400, exchange)).exchange, exchange);
    for (const exchange of [-1, 0x10000, 1.5])
      assert.equal(
        codeOf(() => made(400, exchange)),
        "cbor.range",
      );
    const beyond = Uint8Array.of(0x84, 1, 24, 24, 0x1a, 0, 1, 0, 0, 0xa1, 0, 0x40);
    assert.equal(
      codeOf(() => set.decode(beyond)),
      "cbor.range",
    );
  });

  it("are eight arrays and maps, one in the other", () => {
    const nested = (depth: number): Uint8Array => Uint8Array.of(...new Array(depth).fill(0x81), 0);
    const skipped = (depth: number) => codeOf(() => new Reader(nested(depth)).skip(0));
    assert.deepEqual([7, 8, 9].map(skipped), [undefined, undefined, "cbor.depth"]);
  });
});
