import assert from "node:assert/strict";
import { fromHex, hex } from "../../src/base/octets.js";
import { defineMessage, encodeMessage, messageSet, peekMessage } from "../../src/codec/message.js";
import { failure } from "../../src/codec/replies.js";
import { field, octets, record } from "../../src/codec/schema.js";
import { connectResponse } from "../../src/protocols/authentication/messages.js";

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
