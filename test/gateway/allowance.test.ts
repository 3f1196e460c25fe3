import assert from "node:assert/strict";
import { Milliseconds } from "../../src/base/units.js";
import { Allowance } from "../../src/gateway/allowance.js";

const rule = { burst: 3, every: Milliseconds(1_000) };

function timed(): {
  readonly allowance: Allowance;
  readonly clock: { at: number };
  takes(n: number): number;
} {
  const clock = { at: 5_000, now: () => Milliseconds(clock.at) };
  const allowance = new Allowance(clock, rule);
  return {
    allowance,
    clock,
    takes: (n) =>
      Array.from({ length: n }, () => allowance.take()).filter((wait) => wait !== undefined).length,
  };
}

describe("an allowance", () => {
  it("lets a burst through, then one after each time", () => {
    const { clock, takes } = timed();
    assert.equal(takes(10), 3);
    clock.at += 999;
    assert.equal(takes(1), 0);
    clock.at += 1;
    assert.equal(takes(2), 1);
    clock.at += 2_000;
    assert.equal(takes(5), 2);
  });

  it("lets those wait who may, each a little longer, and refuses who would wait too long", () => {
    const { allowance, takes } = timed();
    assert.equal(takes(3), 3);
    const waits = [1, 2, 3].map(() => allowance.take(Milliseconds(2_000)));
    assert.deepEqual(waits, [1_000, 2_000, undefined]);
  });

  it("saves no more than its burst", () => {
    const { clock, takes } = timed();
    clock.at += 1_000_000;
    assert.equal(takes(10), 3);
  });

  it("locks nobody out when the clock is set back", () => {
    const { clock, takes } = timed();
    assert.equal(takes(3), 3);
    clock.at = 0;
    assert.equal(takes(1), 0);
    clock.at += 3_000;
    assert.equal(takes(5), 3);
  });
});
