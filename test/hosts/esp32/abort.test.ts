import assert from "node:assert/strict";
import { crashReason } from "../../../hosts/esp32/abort.js";

describe("what XS says when it cannot go on", () => {
  it("is named as the reason of a crash", () => {
    assert.equal(crashReason("memory full"), "memory");
    assert.equal(crashReason("JavaScript stack overflow"), "stack");
    assert.equal(crashReason("native stack overflow"), "stack");
    assert.equal(crashReason("unhandled exception"), "exception");
    assert.equal(crashReason("whatever comes"), "unknown");
  });
});
