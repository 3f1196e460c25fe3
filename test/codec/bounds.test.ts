import assert from "node:assert/strict";
import {
  fromPNE,
  fromServer,
  pushedToPNE,
  toPNE,
  toServerPlain,
  toServerProtected,
} from "../../src/catalogue/legs.js";
import { longest, longestMessage } from "../../src/codec/bounds.js";
import { maximumMessage } from "../../src/codec/message.js";
import { bool, encode, field, list, octets, optional, record, text, uint } from "../../src/codec/schema.js";
import { maximumBackhaulMessage } from "../../src/protocols/network/messages.js";

describe("the longest encoding of a schema", () => {
  it("is that of its longest value, whatever it is made of", () => {
    const schema = record({
      a: field(0, uint(70_000)),
      b: field(24, octets(1, 300)),
      c: optional(-1, list(record({ d: field(5, text(0, 30)), e: field(6, bool) }), 0, 40)),
    });
    const value = {
      a: 70_000,
      b: new Uint8Array(300),
      c: Array.from({ length: 40 }, () => ({ d: "x".repeat(30), e: true })),
    };
    assert.equal(encode(schema, value).length, longest(schema));
  });
});

describe("every message, with all its lists at their bounds", () => {
  for (const [leg, sets, maximum] of [
    ["on a link", [toPNE, pushedToPNE, fromPNE], maximumMessage],
    ["between PN GW and Server", [toServerPlain, toServerProtected, fromServer], maximumBackhaulMessage],
  ] as const) {
    for (const definition of sets.flatMap((set) => [...set.definitions])) {
      it(`fits ${leg}: ${definition.name}`, () => {
        const length = longestMessage(definition);
        assert.ok(length <= maximum, `${length} octets of ${maximum}`);
      });
    }
  }
});
