import assert from "node:assert/strict";
import { atGateway } from "../../../../hosts/simulator/panel/gatewayUser.js";
import {
  deviceLines,
  deviceState,
  gatewayState,
  topicLines,
} from "../../../../hosts/simulator/panel/states.js";
import { Milliseconds } from "../../../../src/base/units.js";
import { Family } from "../../../support/family.js";
import { lampTopic, Probe, temperature } from "../../../support/probe.js";

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

  it("shows a device that has lost its own power as off, and then back in its network", async () => {
    const net = await new Family(two, { poll: true }).ready();
    await net.together("kitchen", ["hall"]);
    net.of("hall").powerOff();
    assert.equal(summaries(net)[1], "off");
    net.of("hall").powerOn();
    assert.equal(summaries(net)[1], "enrolled");
    await net.pass(20);
    assert.deepEqual(summaries(net), ["in a network of 2", "in a network of 2"]);
  });
});

describe("what the panel's cards say", () => {
  const told = (lines: readonly { readonly label: string; readonly value: string }[]): readonly string[] =>
    lines.map(({ label, value }) => `${label}: ${value}`);

  it("of topics is what was said last, and of one that a device only takes, that it does (C-30)", async () => {
    const probe = new Probe(temperature, { ...lampTopic, direction: "understands" });
    const specs = [Family.spec("kitchen", { application: () => probe }), Family.spec("hall")];
    const net = await new Family(specs, { poll: true }).ready();
    assert.deepEqual(topicLines(net.network, net.id("kitchen")), []);
    await net.together("kitchen", ["hall"]);
    const lines = (): readonly string[] => told(topicLines(net.network, net.id("kitchen")));
    assert.deepEqual(lines(), ["Topic temperature: nothing yet", "Topic lamp: only taken"]);
    probe.send("gateway", "temperature", 20.5);
    await net.pass(2);
    assert.equal(lines()[0], "Topic temperature: 20.5 °C");
  });

  it("of the PN GW is what it has told the Server of itself, from its first network on (C-29)", async () => {
    const net = await new Family(two, { poll: true }).ready();
    const lines = (): readonly string[] => told(gatewayState(net.network).lines).slice(4);
    assert.deepEqual(lines(), []);
    await net.together("kitchen", ["hall"]);
    assert.deepEqual(lines(), [
      "Subscription: by password",
      "Says of itself: a person can type at it, reachable, BLE with 64 links",
    ]);
  });
});

describe("new firmware at the panel", () => {
  it("is one version higher, offered, fetched and on trial before the line of the device says that it runs", async () => {
    const net = await new Family(two, { poll: true }).ready();
    const kitchen = net.of("kitchen");
    const firmware = (): string =>
      deviceLines(kitchen).find(({ label }) => label === "Firmware")?.value ?? "none";
    const until = async (wanted: RegExp): Promise<void> => {
      await net.clock.runWhile(() => !wanted.test(firmware()), Milliseconds(300_000));
      assert.match(firmware(), wanted);
    };
    const ask = () => atGateway(net.network, { kind: "update", device: "kitchen" });
    const text = "Firmware 0.2.0 is offered to the device";
    assert.deepEqual(await ask(), { text: `${text}, once it is in a network.`, failed: false });
    assert.equal(firmware(), "0.1.0 simulator");
    await net.together("kitchen", ["hall"]);
    await until(/^0\.1\.0 simulator; 0\.2\.0: is offered$/);
    net.command("kitchen", { kind: "answerUpdate", yes: true });
    await until(/^0\.1\.0 simulator; 0\.2\.0: [2-9]\d %$/);
    await until(/^0\.2\.0, on trial$/);
    await until(/^0\.2\.0$/);
    assert.deepEqual((await ask()).text, "Firmware 0.3.0 is offered to the device.");
  });

  it("waits for a device that has no Entity ID yet to be enrolled", async () => {
    const net = new Family(two, { poll: true });
    const said = await atGateway(net.network, { kind: "update", device: "kitchen" });
    assert.deepEqual(said, { text: "The device has no Entity ID yet: enrol it first.", failed: true });
  });
});
