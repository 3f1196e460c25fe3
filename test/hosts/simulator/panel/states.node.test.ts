import assert from "node:assert/strict";
import { deviceState } from "../../../../hosts/simulator/panel/states.js";
import { Family } from "../../../support/family.js";

const two = ["kitchen", "hall"].map((id) => Family.spec(id));
const summaries = (net: Family): readonly string[] =>
  net.network.devices.map((device) => deviceState(device, true).summary);

describe("what the panel's shelf says of a device", () => {
  it("tells two devices that have each started a network from two that are in one", async () => {
    const net = await new Family(two, { poll: true }).ready();
    assert.deepEqual(summaries(net), ["enrolled", "enrolled"]);
    for (const id of ["kitchen", "hall"]) {
      net.command(id, { kind: "createPN" });
      await net.pass(5);
    }
    assert.deepEqual(summaries(net), ["alone with the gateway", "alone with the gateway"]);
    // As the texts say: both end their own, and one starts it with both there.
    for (const id of ["kitchen", "hall"]) net.command(id, { kind: "leavePN" });
    await net.pass(10);
    await net.together("kitchen", ["hall"]);
    assert.deepEqual(summaries(net), ["in a network of 2", "in a network of 2"]);
  });

  it("shows a device that has lost its own power as out of its network, which is started again with it", async () => {
    const net = await new Family(two, { poll: true }).ready();
    await net.together("kitchen", ["hall"]);
    net.of("hall").powerOff();
    assert.equal(summaries(net)[1], "off");
    net.of("hall").powerOn();
    await net.pass(20);
    assert.equal(summaries(net)[1], "enrolled");
    net.command("kitchen", { kind: "dissolvePN" });
    await net.pass(10);
    await net.together("kitchen", ["hall"]);
    assert.deepEqual(summaries(net), ["in a network of 2", "in a network of 2"]);
  });
});
