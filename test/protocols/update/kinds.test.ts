import assert from "node:assert/strict";
import { refusalOf, UpdateKind } from "../../../src/protocols/update/kinds.js";

describe("what a device reports of an update", () => {
  it("names each refusal by a kind of its own, and those of newer versions as not understood", () => {
    const kinds = Object.entries(UpdateKind);
    kinds.forEach(([name, kind], at) => {
      assert.equal(kind, at);
      assert.equal(refusalOf(kind), kind < UpdateKind.form ? undefined : `update.${name}`);
    });
    assert.equal(refusalOf(kinds.length), "update.form");
    assert.equal(refusalOf(255), "update.form");
  });
});
