import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { hex } from "../../../src/base/octets.js";
import { alice, bob, keypad, outcome } from "../../support/network.js";
import { SensorNetwork, secureSensor, sensor, sensorID, temporaryKey } from "../../support/noUI.js";

const start = (spec = sensor): Promise<SensorNetwork> => new SensorNetwork(spec).start();
const { curve: _, ...withoutCurve } = nodeSuite;

describe("a device without UI on an insecure PAN (SEC-01, SEC-02, SEC-05, SEC-06)", () => {
  it("gets its EUKey when the PN GW says so, under its Temporary Key, and joins (PNR-07)", async () => {
    const net = await start();
    assert.equal(await net.atGateway("temporaryKey"), "done");
    assert.equal(net.keys, "enrolled");
    assert.equal(net.device.pne?.view.userID, alice.userID);
    assert.equal(net.logged("server temporaryKey.released"), 1);
    assert.equal(outcome(await net.join()), "joined");
  });

  it("has the EUKey replaced at once, between PNE and Server (C-18)", async () => {
    const net = await start();
    assert.equal(await net.atGateway("temporaryKey"), "done");
    assert.equal(net.origin, "temporary");
    assert.equal(net.device.pne?.view.escrowed, undefined);
  });

  it("is shown as escrowed until the EUKey is replaced, which happens when it can (C-18)", async () => {
    const net = new SensorNetwork(sensor, { pneSuite: withoutCurve });
    await net.start();
    assert.equal(await net.atGateway("temporaryKey"), "done");
    assert.equal(net.origin, "gatewayEscrow");
    assert.equal(net.device.pne?.view.escrowed, true);
    assert.equal(outcome(await net.join()), "pn.escrowed", "and good for nothing until then");
  });

  it("does the same on a secure PAN", async () => {
    const net = await start(secureSensor);
    assert.equal(await net.atGateway("temporaryKey"), "done");
    assert.equal(net.keys, "enrolled");
  });

  it("tells the person at the PN GW that the password was wrong; the device hears nothing of it", async () => {
    const net = await start();
    const from = net.fragments.length;
    assert.equal(await net.atGateway("temporaryKey", { ...alice, password: "wrong" }), "result.refused");
    assert.equal(net.fragments.length, from);
    assert.equal(await net.atGateway("temporaryKey"), "done");
  });

  it("can be passed on after a factory reset: the next owner's gateway gets a key once more (SEC-06)", async () => {
    const net = await start();
    assert.equal(await net.atGateway("temporaryKey"), "done");
    await net.run({ kind: "factoryReset" });
    await net.pass(8);
    assert.equal(await net.atGateway("temporaryKey", bob), "result.duplicateEntity", "it is still alice's");
    assert.equal(await net.atGateway("temporaryKey"), "done");
    assert.equal(net.logged("server temporaryKey.released"), 2);
    assert.equal(outcome(await net.join()), "joined");
  });

  it("is refused for a device with UI, at which its person types (SEC-03), for one without a Temporary Key, and for one that the Server does not know", async () => {
    const typed = await start({ ...keypad, reachable: true, entityID: sensorID, temporaryKey });
    assert.equal(await typed.atGateway("temporaryKey"), "device.hasUI");
    const { temporaryKey: __, ...keyless } = sensor;
    const without = await start(keyless);
    assert.equal(await without.atGateway("temporaryKey"), "device.refused");
    assert.equal(without.keys, "empty");
    const foreign = await start();
    await foreign.network.serverStore.transaction((tables) => tables.devices.delete(hex(sensorID)));
    assert.equal(await foreign.atGateway("temporaryKey"), "device.refused");
    assert.equal(foreign.keys, "empty");
  });

  it("is refused while it has an owner, unless that one allows it; then once in a reset all the same (SEC-06)", async () => {
    const net = await start();
    assert.equal(await net.atGateway("temporaryKey"), "done");
    await net.pass(8);
    assert.equal(await net.atGateway("temporaryKey"), "device.refused");
    const open = await start({ ...sensor, allowReenrolment: true });
    assert.equal(await open.atGateway("temporaryKey"), "done");
    await open.pass(8);
    assert.equal(await open.atGateway("temporaryKey"), "device.refused");
    assert.equal(open.logged("server temporaryKey.released"), 1);
    assert.equal(outcome(await open.join()), "joined", "the key that it had stands");
  });
});
