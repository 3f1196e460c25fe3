import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { ended } from "../../support/ended.js";
import { alice, keypad, outcome } from "../../support/network.js";
import { SensorNetwork, secureSensor, sensor, sensorID } from "../../support/noUI.js";

const start = (): Promise<SensorNetwork> => new SensorNetwork(secureSensor).start();

describe("a device without UI on a secure PAN (SEC-01, SEC-02, SEC-04, C-19)", () => {
  it("enrols itself with what the PN GW installs, and joins like every other (SEC-04)", async () => {
    const net = await start();
    assert.equal(await net.atGateway("credentials"), "done");
    assert.equal(net.keys, "enrolled");
    assert.equal(net.origin, "password");
    assert.equal(net.device.pne?.view.userID, alice.userID);
    assert.equal(net.device.pne?.view.escrowed, undefined, "the PN GW has not seen this EUKey");
    assert.equal(outcome(await net.join()), "joined");
  });

  it("never gets the password, and keeps nothing of what it got (C-19)", async () => {
    const net = await start();
    assert.equal(await net.atGateway("credentials"), "done");
    const air = net.fragments.map(({ octets }) => hex(octets)).join("");
    assert.ok(!air.includes(hex(ascii(alice.password))));
    const install = net.fragments.find(({ octets }) => octets[6] === 0x18 && octets[7] === 0x20);
    assert.ok(install, "the installation was seen in the air of this secure link");
    const w0 = hex(install.octets.slice(-67, -35));
    const { flash } = net.device.options;
    for (const name of flash.names()) assert.ok(!hex(flash.read(name) ?? new Uint8Array(0)).includes(w0));
  });

  it("is refused on a PAN that is not secure, before anything is sent", async () => {
    const net = await new SensorNetwork(sensor).start();
    const from = net.fragments.length;
    assert.equal(await net.atGateway("credentials"), "device.panNotSecure");
    assert.equal(net.fragments.length, from);
  });

  it("is refused at once while the device is at another one, which goes on", async () => {
    const net = await start();
    const credentials = { userID: ascii(alice.userID), password: ascii(alice.password) };
    const device = hex(sensorID);
    let second: string | undefined;
    net.onFragment = (_, { direction }) => {
      if (direction !== "toPNE" || second !== undefined) return;
      net.network.gateway.command({ kind: "enrolDevice", device, ...credentials }, (over) => {
        second = ended(over);
      });
      assert.equal(second, "device.busy");
    };
    assert.equal(await net.atGateway("credentials"), "done");
    assert.equal(second, "device.busy");
    assert.deepEqual(credentials.password, new Uint8Array(alice.password.length), "it is wiped");
  });

  it("tells the person at the PN GW that the password was wrong", async () => {
    const net = await start();
    assert.equal(await net.atGateway("credentials", { ...alice, password: "wrong" }), "result.refused");
    assert.equal(net.keys, "empty");
    await net.pass(10);
    assert.equal(await net.atGateway("credentials"), "done");
  });

  it("is refused for a device that has an owner, unless that one allows it", async () => {
    const net = await start();
    assert.equal(await net.atGateway("credentials"), "done");
    await net.pass(10);
    assert.equal(await net.atGateway("credentials"), "device.refused");
    const open = await new SensorNetwork({ ...secureSensor, allowReenrolment: true }).start();
    assert.equal(await open.atGateway("credentials"), "done");
    await open.pass(10);
    assert.equal(await open.atGateway("credentials"), "done");
    assert.equal(outcome(await open.join()), "joined");
  });

  it("is refused for a device with UI, for one that is not there, and with bad credentials", async () => {
    const net = await new SensorNetwork({
      ...keypad,
      reachable: true,
      entityID: sensorID,
      secure: true,
    }).start();
    assert.equal(await net.atGateway("credentials"), "device.hasUI");
    assert.equal(await net.atGateway("credentials", alice, ascii("nobody")), "device.notThere");
    assert.equal(
      await net.atGateway("credentials", { userID: "", password: "x" }),
      "credential.userID.empty",
    );
  });

  it("works with an Entity ID that the PN GW has assigned, and without a Temporary Key (C-12)", async () => {
    const { entityID: _, temporaryKey: __, ...plain } = secureSensor;
    const net = await new SensorNetwork(plain).start();
    const assigned = net.network.pneLink(net.device)?.entityID;
    assert.ok(assigned);
    assert.equal(await net.atGateway("credentials", alice, assigned), "done");
    assert.equal(net.device.pne?.view.entityID, hex(assigned));
    assert.equal(outcome(await net.join()), "joined");
  });

  it("says so when the Server is out of reach", async () => {
    const net = await start();
    net.network.backhaul.unreachable = true;
    assert.equal(await net.atGateway("credentials"), "result.serverUnreachable");
    net.network.backhaul.unreachable = false;
    assert.equal(await net.atGateway("credentials"), "done");
  });
});
