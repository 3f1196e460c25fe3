import assert from "node:assert/strict";
import { delayAfter, pneRule } from "../../../src/protocols/enrolment/throttle.js";

describe("the throttle of failed attempts on the device", () => {
  it("is free at first, then doubles up to its most, and never locks", () => {
    const delays = [0, 1, 2, 3, 4, 5, 8, 9, 100, 65_535].map((failures) => delayAfter(failures, pneRule));
    assert.deepEqual(delays, [0, 0, 0, 5_000, 10_000, 20_000, 160_000, 300_000, 300_000, 300_000]);
  });

  it("never gets shorter with more failures", () => {
    for (let n = 1; n < 200; n++) assert.ok(delayAfter(n, pneRule) >= delayAfter(n - 1, pneRule));
  });
});
