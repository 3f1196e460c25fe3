import assert from "node:assert/strict";
import { CpnsError } from "../../src/base/errors.js";

class SampleError extends CpnsError {}

describe("errors", () => {
  it("carry their class's name, a stable code, and a message for engineers", () => {
    const error = new SampleError("busy", "detail");
    assert.equal(error.name, "SampleError");
    assert.equal(error.code, "busy");
    assert.equal(error.message, "busy: detail");
  });

  it("define their name themselves, because Error.prototype is frozen on the device", () => {
    const own = Object.getOwnPropertyDescriptor(new SampleError("timeout"), "name");
    assert.equal(own?.writable, false);
  });
});
