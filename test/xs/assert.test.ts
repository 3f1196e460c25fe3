import assert from "node:assert/strict";
import shim, { AssertionError } from "./assert.js";

/** Each is true of node:assert/strict; here of the shim, judged by the assert of the engine this runs on. */
function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof AssertionError ? "failed" : "passed through";
  }
  return "passed";
}

class Other extends Error {}

describe("the assert of the XS tests", () => {
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    ["assert(true)", () => shim(true), "passed"],
    ["assert(0)", () => shim(0), "failed"],
    ["ok of an empty text", () => shim.ok(""), "failed"],
    ["equal of NaN", () => shim.equal(Number.NaN, Number.NaN), "passed"],
    ["equal of 1 and '1'", () => shim.equal(1, "1"), "failed"],
    ["equal of 0 and -0", () => shim.equal(0, -0), "failed"],
    ["notEqual of the same", () => shim.notEqual(1, 1), "failed"],
    [
      "deepEqual of nested objects",
      () => shim.deepEqual({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }),
      "passed",
    ],
    ["deepEqual of a missing property", () => shim.deepEqual({ a: undefined }, {}), "failed"],
    ["deepEqual of octets", () => shim.deepEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), "passed"],
    ["deepEqual of other octets", () => shim.deepEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), "failed"],
    ["deepEqual of octets and an array", () => shim.deepEqual(Uint8Array.of(1), [1]), "failed"],
    ["deepEqual of a longer array", () => shim.deepEqual([1, 2], [1]), "failed"],
    ["deepEqual of a sparse array", () => shim.deepEqual(new Array(2), [undefined, undefined]), "failed"],
    ["deepEqual of maps", () => shim.deepEqual(new Map([[1, [2]]]), new Map([[1, [2]]])), "passed"],
    ["deepEqual of other maps", () => shim.deepEqual(new Map([[1, [2]]]), new Map([[1, [3]]])), "failed"],
    ["deepEqual of sets", () => shim.deepEqual(new Set([1]), new Set([2])), "failed"],
    ["deepEqual of errors", () => shim.deepEqual(new Error("a"), new Error("b")), "failed"],
    ["deepEqual of another class", () => shim.deepEqual(new Other(""), new Error("")), "failed"],
    ["notDeepEqual of equals", () => shim.notDeepEqual([1], [1]), "failed"],
    ["throws of nothing", () => shim.throws(() => {}), "failed"],
    ["throws of the class", () => shim.throws(() => shim.fail(), Error), "passed"],
    [
      "throws of another class",
      () =>
        shim.throws(() => {
          throw new RangeError("x");
        }, Other),
      "passed through",
    ],
    ["throws matched", () => shim.throws(() => shim.fail("of this"), /this/), "passed"],
    ["throws not matched", () => shim.throws(() => shim.fail("of this"), /that/), "failed"],
    [
      "throws judged",
      () =>
        shim.throws(
          () => shim.fail("x"),
          () => false,
        ),
      "failed",
    ],
    ["throws with properties", () => shim.throws(() => shim.fail("x"), { message: "x" }), "passed"],
    ["throws with other properties", () => shim.throws(() => shim.fail("x"), { message: "y" }), "failed"],
    ["match", () => shim.match("text", /ex/), "passed"],
    ["match of nothing", () => shim.match("text", /no/), "failed"],
    ["doesNotMatch of a match", () => shim.doesNotMatch("text", /ex/), "failed"],
    ["fail", () => shim.fail(), "failed"],
  ];
  for (const [title, run, expected] of cases) {
    it(`judges ${title}: ${expected}`, () => assert.equal(failure(run), expected));
  }

  it("doesNotThrow lets the error through", () => {
    const run = () =>
      shim.doesNotThrow(() => {
        throw new Other("x");
      });
    assert.throws(run, Other);
  });

  it("rejects of what resolves fails, and of what rejects does not", async () => {
    await shim.rejects(Promise.reject(new Other("x")), Other);
    await shim.rejects(async () => shim.fail("x"), /x/);
    await assert.rejects(shim.rejects(Promise.resolve(1)), AssertionError);
    await assert.rejects(shim.rejects(Promise.reject(new RangeError("x")), Other), RangeError);
  });
});
