import assert from "node:assert/strict";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { atLeast } from "../../src/pne/expiry.js";

const store = (createdAt?: number) =>
  ({ facts: { committed: createdAt === undefined ? undefined : { createdAt } } }) as never;
const clock = (seconds: number) => ({ now: () => Milliseconds(seconds * 1_000) });
const day = 24 * 3_600;
const year2026 = 1_767_225_600;

describe("the time that is over for certain", () => {
  it("is the calendar's, where there is one", () => {
    assert.equal(atLeast(clock(year2026), store(year2026 - day)), year2026);
    assert.equal(atLeast(clock(year2026), store()), year2026);
  });

  it("is that of the EUKey, where a clock counts from its own start, or has been set back", () => {
    assert.equal(atLeast(clock(100), store(year2026)), year2026);
    assert.equal(atLeast(clock(year2026 - 30 * day), store(year2026)), year2026);
    assert.equal(atLeast(clock(100), store()), Seconds(0));
  });
});
