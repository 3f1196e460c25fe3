import assert from "node:assert/strict";
import { escaped } from "../../../hosts/esp32/sdkSimulator/control.js";
import { ascii } from "../../../src/base/octets.js";

describe("a screen that the firmware tells to a test", () => {
  it("is ASCII, and the same screen again, whatever sign stands in it", () => {
    for (const text of [
      "Küche",
      "日本",
      "\u{1f600}",
      "a\u{1f3e0}b\u{10ffff}",
      "\u007f",
      "\uffff",
      '"\\\n',
      "",
    ]) {
      const line = escaped(JSON.stringify({ text }));
      assert.equal(ascii(line).length, line.length);
      assert.deepEqual(JSON.parse(line), { text });
    }
  });
});
