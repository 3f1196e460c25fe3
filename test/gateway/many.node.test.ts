import assert from "node:assert/strict";
import { Milliseconds } from "../../src/base/units.js";
import { Crowd } from "../support/crowd.js";
import { unlessFew } from "../support/sampled.js";

describe("64 devices that enrol at once, the Server 300 ms away", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("all get their key within 8 s of the network's time", async () => {
    const crowd = await new Crowd(64, 300).start();
    const took = await crowd.enrolAtOnce();
    assert.deepEqual(crowd.outcomes, { enrolled: 64 });
    assert.ok(took <= 8_000, `${took} ms`);
  }).timeout(120_000);
});

describe("more devices than a PN GW has links", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  for (const [count, most] of [
    [66, 0.1],
    [200, 1.2],
  ] as const) {
    it(`are served in turns while ${count} are idle, and all of them enrol at once`, async () => {
      const crowd = await new Crowd(count).start();
      crowd.connections.clear();
      await crowd.clock.runFor(Milliseconds(300_000));
      const turns = [...crowd.connections.values()];
      const rate = turns.reduce((sum, one) => sum + one, 0) / 300;
      assert.ok(rate > 0 && rate <= most, `${rate} connections a second`);
      assert.ok(Math.max(...turns) <= 5, "nobody has many turns while others have none");
      await crowd.enrolAtOnce();
      assert.deepEqual(crowd.outcomes, { enrolled: count });
    }).timeout(300_000);
  }
});
