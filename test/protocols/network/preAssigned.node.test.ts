import assert from "node:assert/strict";
import type { DeviceSpec } from "../../../hosts/simulator/network/options.js";
import { hex } from "../../../src/base/octets.js";
import { outcome } from "../../support/network.js";
import { SensorNetwork, secureSensor, sensorID, temporaryKey } from "../../support/noUI.js";

async function owned(
  net: SensorNetwork,
  how: "temporaryKey" | "credentials" = "temporaryKey",
): Promise<void> {
  await net.start();
  assert.equal(await net.atGateway(how), "done");
}

const record = 1;

describe("the link of a PNE without UI in a PN (LEU-02, C-04)", () => {
  it("is protected by a key derived from the Temporary Key where the PAN is not secure (LEU-04)", async () => {
    const net = new SensorNetwork();
    await owned(net);
    const from = net.fragments.length;
    assert.equal(outcome(await net.join()), "joined");
    assert.equal(net.device.pne?.view.pn?.secure, true);
    const { notices } = net;
    const message = await net.run({ kind: "sendToServer", text: "21 degrees" });
    assert.ok(message?.kind === "message" && message.text === "Server got: 21 degrees", `${notices.at(-1)}`);
    const air = net.fragments.slice(from).map(({ octets }) => octets.subarray(4));
    assert.ok(air.filter((octets) => octets[0] === record).length >= 4);
    assert.ok(!air.some((octets) => Buffer.from(octets).includes("21 degrees")));
    assert.ok(!air.some((octets) => hex(octets).includes(hex(temporaryKey))));
  });

  it("is resumed, and authenticated anew with that key, when it was lost (C-15)", async () => {
    const net = new SensorNetwork();
    await owned(net);
    assert.equal(outcome(await net.join()), "joined");
    net.network.dropLink(net.device);
    await net.pass(12);
    assert.equal(net.device.pne?.view.pn?.away, false);
    assert.equal((await net.run({ kind: "sendToGateway", text: "back" }))?.kind, "message");
  });

  it("needs none where the PAN is secure by itself", async () => {
    const { temporaryKey: _, ...without } = secureSensor;
    const net = new SensorNetwork(without);
    await owned(net, "credentials");
    assert.equal(outcome(await net.join()), "joined");
    assert.equal(net.device.pne?.view.pn?.secure, true);
  });

  it("cannot be made where the Server does not know the device's Temporary Key, or knows another: refused", async () => {
    const net = new SensorNetwork();
    await owned(net);
    const { serverStore } = net.network;
    const name = hex(sensorID);
    await serverStore.transaction((tables) => tables.devices.delete(name));
    assert.equal(outcome(await net.join()), "pn.refused");
    await serverStore.transaction((tables) =>
      tables.devices.put(name, { temporaryKey: new Uint8Array(32).fill(9) }),
    );
    await net.pass(5);
    assert.equal(outcome(await net.join()), "pn.refused");
    assert.equal(net.device.pne?.view.pn, undefined);
  });

  it("is not left without protection: a PNE without Temporary Key takes no part on an insecure PAN", async () => {
    const spec = { ...secureSensor } as { -readonly [Part in keyof DeviceSpec]: DeviceSpec[Part] };
    delete spec.temporaryKey;
    const net = new SensorNetwork(spec);
    await owned(net, "credentials");
    // The same device, elsewhere.
    Object.defineProperty(net.device.options, "secure", { value: false });
    net.network.dropLink(net.device);
    await net.pass(8);
    assert.equal(outcome(await net.join()), "pn.unprotected");
  });
});
