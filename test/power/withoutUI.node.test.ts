import assert from "node:assert/strict";
import type { CutPlan } from "../../hosts/simulator/world/flash.js";
import { outcome } from "../support/network.js";
import { type HowAtGateway, SensorNetwork, secureSensor, sensor } from "../support/noUI.js";

const manners: readonly CutPlan["manner"][] = ["before", "torn", "after"];
const flows: readonly (readonly [HowAtGateway, () => Promise<SensorNetwork>])[] = [
  ["credentials", () => new SensorNetwork(secureSensor).start()],
  ["temporaryKey", () => new SensorNetwork(sensor).start()],
];

/** Whole or nothing, for the Server and for the device; then it can be enrolled if it is not, and joins. */
async function usable(net: SensorNetwork, how: HowAtGateway, where: string): Promise<void> {
  const { keys } = net;
  assert.ok(keys === "empty" || keys === "enrolled", `${where}: ${keys}`);
  if (keys === "empty") assert.equal(await net.atGateway(how), "done", where);
  if (how === "temporaryKey") {
    await net.pass(15);
    assert.equal(net.origin, "temporary", `${where}: replaced in the end`);
    assert.equal(net.device.pne?.view.escrowed, undefined, where);
  }
  assert.equal(outcome(await net.join()), "joined", where);
}

describe("power cuts at every write of an enrolment without UI (SEC-04, SEC-05, C-18, C-19)", () => {
  for (const [how, start] of flows) {
    it(`${how}: no key, or a whole one that the Server takes`, async () => {
      const probe = await start();
      const before = probe.device.options.flash.writes;
      assert.equal(await probe.atGateway(how), "done");
      const writes = probe.device.options.flash.writes - before;
      assert.ok(writes >= 4);
      for (let n = 1; n <= writes; n++) {
        for (const manner of manners) {
          const where = `write ${n}, ${manner}`;
          const net = await start();
          net.device.options.flash.cutPower({ atWrite: n, manner });
          await net.atGateway(how);
          await net.pass(10);
          assert.equal(net.device.powered, false, where);
          net.device.powerOn();
          await net.pass(40);
          await usable(net, how, where);
        }
      }
    }).timeout(120_000);
  }
});

describe("the link cut at every fragment of an enrolment without UI", () => {
  for (const [how, start] of flows) {
    it(`${how}: nothing half, and the person may try again`, async () => {
      const probe = await start();
      const before = probe.fragments.length;
      assert.equal(await probe.atGateway(how), "done");
      const fragments = probe.fragments.length - before;
      assert.ok(fragments > 8);
      for (let n = 0; n < fragments; n++) {
        const net = await start();
        const { link } = net.device;
        assert.ok(link);
        let seen = 0;
        link.tamper = (fragment) => {
          if (seen++ === n) link.disconnect("cut");
          return [fragment];
        };
        const told = await net.atGateway(how);
        assert.notEqual(told, "nothing", `fragment ${n}`);
        await net.pass(40);
        await usable(net, how, `fragment ${n}: ${told}`);
      }
    }).timeout(120_000);
  }
});
