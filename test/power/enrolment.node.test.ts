import assert from "node:assert/strict";
import type { CutPlan } from "../../hosts/simulator/world/flash.js";
import { outcome, TestNetwork } from "../support/network.js";
import { unlessFew } from "../support/sampled.js";

const manners: readonly CutPlan["manner"][] = ["before", "torn", "after"];

/** Writes that an action does when nothing goes wrong. */
async function writesOf(net: TestNetwork, action: () => Promise<unknown>): Promise<number> {
  const before = net.device.options.flash.writes;
  await action();
  return net.device.options.flash.writes - before;
}

/** After a cut: on again, and time to finish what was cut. */
async function reboot(net: TestNetwork): Promise<void> {
  assert.equal(net.device.powered, false);
  await net.clock.runFor(net.clock.now() >= 0 ? (5_000 as never) : (0 as never));
  net.device.powerOn();
  await net.clock.runFor(30_000 as never);
}

describe("power cuts at every write, in every manner", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("of a first enrolment leave no key or a whole one that the Server takes", async () => {
    const probe = await new TestNetwork().start();
    const writes = await writesOf(probe, () => probe.enrol());
    assert.ok(writes >= 4);
    for (let n = 1; n <= writes; n++) {
      for (const manner of manners) {
        const net = await new TestNetwork().start();
        net.device.options.flash.cutPower({ atWrite: n, manner });
        await net.enrol();
        await reboot(net);
        const { keys } = net.device.pne?.view ?? {};
        const where = `write ${n}, ${manner}: ${keys}`;
        assert.ok(keys === "empty" || keys === "enrolled", where);
        if (keys === "empty") assert.equal(outcome(await net.enrol()), "enrolled", where);
        assert.equal(outcome(await net.join()), "joined", where);
      }
    }
  });

  it("of a second enrolment leave the old key or the new one, never none, never half", async () => {
    const probe = await new TestNetwork().enrolled();
    const writes = await writesOf(probe, () => probe.enrol());
    for (let n = 1; n <= writes; n++) {
      for (const manner of manners) {
        const net = await new TestNetwork().enrolled();
        net.device.options.flash.cutPower({ atWrite: n, manner });
        await net.enrol();
        await reboot(net);
        const where = `write ${n}, ${manner}`;
        assert.equal(net.device.pne?.view.keys, "enrolled", where);
        assert.equal(outcome(await net.join()), "joined", where);
      }
    }
  });

  it("of a PN establishment leave a device that joins again", async () => {
    const probe = await new TestNetwork().enrolled();
    const writes = await writesOf(probe, () => probe.join());
    assert.ok(writes >= 2);
    for (let n = 1; n <= writes; n++) {
      for (const manner of manners) {
        const net = await new TestNetwork().enrolled();
        net.device.options.flash.cutPower({ atWrite: n, manner });
        await net.join();
        await reboot(net);
        assert.equal(outcome(await net.join()), "joined", `write ${n}, ${manner}`);
      }
    }
  });

  it("of a factory reset leave nothing, once the device has started again", async () => {
    const probe = await new TestNetwork().joined();
    const writes = await writesOf(probe, () => probe.run({ kind: "factoryReset" }));
    assert.ok(writes >= 8);
    assert.deepEqual(probe.device.options.flash.names(), []);
    for (let n = 1; n <= writes; n++) {
      for (const manner of manners) {
        const net = await new TestNetwork().joined();
        net.device.options.flash.cutPower({ atWrite: n, manner });
        await net.run({ kind: "factoryReset" });
        await reboot(net);
        const left = net.device.options.flash.names();
        const where = `write ${n}, ${manner}: ${left.join()}`;
        // Only a cut before the very first mark was written may leave the device as it was.
        const untouched = n === 1 && net.device.pne?.view.keys === "enrolled";
        assert.ok(untouched || left.length === 0, where);
      }
    }
  });

  it("at any moment of the radio's traffic leave a device that can be used", async () => {
    const probe = await new TestNetwork().start();
    await probe.enrol();
    for (let n = 0; n < probe.fragments.length; n++) {
      const net = await new TestNetwork().start();
      let seen = 0;
      const off = (): boolean => seen++ === n;
      net.device.command({
        kind: "enrol",
        userID: new TextEncoder().encode("alice"),
        password: new TextEncoder().encode("wonderland"),
      });
      await net.clock.runWhile(() => net.device.link === undefined, 1_000 as never);
      const { link } = net.device;
      assert.ok(link);
      link.tamper = (fragment) => {
        if (off()) net.clock.after(0 as never, () => net.device.powerOff());
        return [fragment];
      };
      await net.clock.runWhile(() => net.device.powered, 10_000 as never);
      await reboot(net);
      if (net.device.pne?.view.keys === "empty") assert.equal(outcome(await net.enrol()), "enrolled");
      assert.equal(outcome(await net.join()), "joined", `fragment ${n}`);
    }
  });
});
