import assert from "node:assert/strict";
import { fromHex, hex } from "../../../src/base/octets.js";
import { isOfTopic } from "../../../src/protocols/data/messages.js";
import {
  decodeTopicMessage,
  encodeTopicMessage,
  isOfKind,
  type Value,
} from "../../../src/protocols/topics/message.js";
import { codeOf } from "../../support/codeOf.js";

const maximumNumber = 0xffffffff;

const message = (value: Value, number = 1, topic = "lamp") => encodeTopicMessage({ number, topic, value });

describe("a message of a topic (C-30)", () => {
  it("is the value by its kind, number and topic before it, octet for octet", () => {
    for (const [value, octets] of [
      [true, "8301646c616d70f5"],
      [false, "8301646c616d70f4"],
      ["press", "8301646c616d70657072657373"],
      [Uint8Array.of(1, 2), "8301646c616d70420102"],
      [0, "8301646c616d7000"],
      [215, "8301646c616d7018d7"],
      [21.5, "8401646c616d7018d702"],
      [-21.5, "8401646c616d7018d703"],
      [-4, "8401646c616d700401"],
      [0.000001, "8401646c616d70010c"],
    ] as const) {
      assert.equal(hex(message(value)), octets, String(value));
      assert.deepEqual(decodeTopicMessage(fromHex(octets)), { number: 1, topic: "lamp", value });
    }
  });

  it("of a temperature has at most 24 octets of plaintext, after as many messages as there may be", () => {
    for (const value of [-40, -12.75, 0, 21.5, 85, 123.45]) {
      const { length } = message(value, maximumNumber, "temperature");
      assert.ok(length <= 24, `${value}: ${length}`);
    }
  });

  it("gives back every number of up to six digits behind the point", () => {
    for (const value of [0.1, 0.2, 1.005, 99.99, 1e-6, 123456.789, -0.3, 2 ** 32, -9e9]) {
      assert.equal(decodeTopicMessage(message(value)).value, value);
    }
    assert.equal(decodeTopicMessage(message(1 / 3)).value, 0.333333);
    assert.equal(decodeTopicMessage(message(0.1 + 0.2)).value, 0.3);
    assert.equal(decodeTopicMessage(message(-1e-9)).value, 0);
    assert.ok(Object.is(decodeTopicMessage(message(-0)).value, 0));
  });

  it("takes no number that is none or too great, nothing empty and nothing too long", () => {
    for (const value of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1e300,
      9e9 + 1,
      "",
      new Uint8Array(0),
      "x".repeat(513),
    ]) {
      assert.equal(
        codeOf(() => message(value)),
        "topic.kind",
        String(value).slice(0, 9),
      );
    }
    assert.equal(
      codeOf(() => message(1, maximumNumber + 1)),
      "cbor.range",
    );
    assert.equal(
      codeOf(() => message(1, -1)),
      "cbor.range",
    );
  });

  it("has one form: every other one is refused by name", () => {
    for (const [octets, code] of [
      ["8201646c616d70", "cbor.length"],
      ["8501646c616d70010203", "cbor.length"],
      ["8301646c616d70f500", "cbor.trailing"],
      ["831801646c616d70f5", "cbor.nonMinimal"],
      ["831b0000000100000000646c616d70f5", "cbor.range"],
      ["8301644c616d70f5", "cbor.range"],
      ["830160f5", "cbor.length"],
      ["8301646c616d7080", "cbor.type"],
      ["8301646c616d70f6", "cbor.unsupported"],
      ["8301646c616d7040", "cbor.length"],
      ["8401646c616d7018d700", "cbor.range"],
      ["8401646c616d7018d70e", "cbor.range"],
      ["8401646c616d70186402", "cbor.nonMinimal"],
      ["8401646c616d700001", "cbor.nonMinimal"],
      ["8401646c616d70f502", "cbor.type"],
      ["68656c6c6f", "cbor.type"],
    ] as const) {
      assert.equal(
        codeOf(() => decodeTopicMessage(fromHex(octets))),
        code,
        octets,
      );
    }
  });

  it("is told from every text by its first octet", () => {
    assert.ok(isOfTopic(message(true)) && isOfTopic(message(1.5)));
    for (const first of [0x20, 0x48, 0x7e, 0xc3, 0xe2, 0xf0]) assert.ok(!isOfTopic(Uint8Array.of(first, 1)));
    assert.ok(!isOfTopic(new Uint8Array(0)));
  });

  it("is of a kind, or not", () => {
    const values: readonly Value[] = [1.5, true, "press", "two words", "\ud800", Uint8Array.of(1)];
    const table = (["number", "switch", "event", "text", "octets"] as const).map((kind) =>
      values.map((value) => (isOfKind(kind, value) ? 1 : 0)).join(""),
    );
    assert.deepEqual(table, ["100000", "010000", "001000", "001100", "000001"]);
    assert.ok(!isOfKind("number", Number.NaN) && !isOfKind("text", "x".repeat(513)));
  });
});
