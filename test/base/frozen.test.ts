import assert from "node:assert/strict";
import { frozen } from "../../src/base/frozen.js";

describe("a frozen table", () => {
  it("is frozen to its last part, and the same table", () => {
    const table = { a: [1, [2]], b: { c: { d: 3 } }, e: "text", f: null };
    assert.equal(frozen(table), table);
    for (const part of [table, table.a, table.a[1], table.b, table.b.c]) assert.ok(Object.isFrozen(part));
    assert.throws(() => table.a.push(4), TypeError);
    assert.deepEqual(table, { a: [1, [2]], b: { c: { d: 3 } }, e: "text", f: null });
  });
});
