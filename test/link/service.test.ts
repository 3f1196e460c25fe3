import assert from "node:assert/strict";
import { decodeUtf8 } from "../../src/codec/utf8.js";
import { nameOnAir } from "../../src/link/service.js";

const told = (name: string, room: number): readonly [string, boolean] => {
  const { octets, whole } = nameOnAir(name, room);
  assert.ok(octets.length <= room);
  return [decodeUtf8(octets), whole];
};

describe("a name on the radio", () => {
  it("is UTF-8, whole where there is room", () => {
    assert.deepEqual(told("K\u00fcche", 10), ["K\u00fcche", true]);
    assert.deepEqual(told("\u65e5\u672c", 10), ["\u65e5\u672c", true]);
    assert.deepEqual(told("Wohnzimmer", 10), ["Wohnzimmer", true]);
    assert.deepEqual(told("", 10), ["", true]);
  });

  it("is cut between two characters, and said to be cut", () => {
    assert.deepEqual(told("Wohnzimmer 2", 10), ["Wohnzimmer", false]);
    assert.deepEqual(told("\u65e5\u672c\u8a9e\u306e", 10), ["\u65e5\u672c\u8a9e", false]);
    assert.deepEqual(told("caf\u00e9 \u{1f321}\u{1f321}", 11), ["caf\u00e9 \u{1f321}", false]);
    assert.deepEqual(told("\u{1f321}", 3), ["", false]);
  });
});
