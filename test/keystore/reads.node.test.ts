import assert from "node:assert/strict";
import { outcome, TestNetwork } from "../support/network.js";

/** Each read of flash is a look through its pages and a hash in JavaScript. */
const budgets = Object.freeze({ enrolment: 10, join: 6 });

describe("reads of flash", () => {
  const since = async (net: TestNetwork, work: () => Promise<unknown>): Promise<number> => {
    const { flash } = net.device.options;
    const before = flash.reads;
    await work();
    return flash.reads - before;
  };

  it(`are at most ${budgets.enrolment} in an enrolment and ${budgets.join} in a join`, async () => {
    const net = await new TestNetwork().start();
    const enrolment = await since(net, async () => assert.equal(outcome(await net.enrol()), "enrolled"));
    const join = await since(net, async () => assert.equal(outcome(await net.join()), "joined"));
    assert.ok(enrolment <= budgets.enrolment, `enrolment ${enrolment}`);
    assert.ok(join <= budgets.join, `join ${join}`);
  });

  it("are none while a device that is enrolled waits, and shows what it is", async () => {
    const net = await new TestNetwork().enrolled();
    const idle = await since(net, async () => {
      for (let i = 0; i < 100; i++) assert.equal(net.device.pne?.view.userID, "alice");
    });
    assert.equal(idle, 0);
  });
});
