import assert from "node:assert/strict";
import { AddressBudget, networkOf } from "../../../../hosts/node/https/limits.js";
import { Milliseconds } from "../../../../src/base/units.js";

describe("a budget of requests for each address", () => {
  const make = () => {
    const time = { now: 0 };
    const limits = { rate: 2, burst: 3, addresses: 2 };
    return { time, budget: new AddressBudget(limits, () => Milliseconds(time.now)) };
  };

  it("lets a burst through, then so many a second", () => {
    const { time, budget } = make();
    assert.deepEqual(
      [1, 2, 3, 4].map(() => budget.take("a")),
      [true, true, true, false],
    );
    time.now = 499;
    assert.equal(budget.take("a"), false);
    time.now = 1000;
    assert.equal(budget.take("a"), true);
    assert.equal(budget.take("b"), true);
  });

  it("is not made longer by a clock that goes back", () => {
    const { time, budget } = make();
    time.now = 10_000;
    for (let i = 0; i < 4; i++) budget.take("a");
    time.now = 0;
    assert.equal(budget.take("a"), false);
    time.now = 1000;
    assert.equal(budget.take("a"), true);
  });

  it("remembers a bounded number, and forgets who has been silent for longest", () => {
    const { budget } = make();
    for (let i = 0; i < 3; i++) budget.take("a");
    budget.take("b");
    assert.equal(budget.take("a"), false);
    budget.take("c");
    assert.equal(budget.take("a"), false, "a was heard after b");
  });

  it("counts an IPv6 customer as one, and a mapped IPv4 address as itself", () => {
    assert.equal(networkOf("2001:db8:1:2:3:4:5:6"), networkOf("2001:db8:1:2::9"));
    assert.notEqual(networkOf("2001:db8:1:2::9"), networkOf("2001:db8:1:3::9"));
    assert.equal(networkOf("fe80::1%eth0"), "fe80:0:0:0");
    assert.equal(networkOf("::ffff:192.0.2.7"), "192.0.2.7");
    assert.equal(networkOf("192.0.2.7"), "192.0.2.7");
  });
});
