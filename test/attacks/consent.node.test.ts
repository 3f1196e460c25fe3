import assert from "node:assert/strict";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { letIn } from "../../src/protocols/account/guests.js";
import { ended } from "../support/ended.js";
import { alice, bob, type TestNetwork, type TestOptions } from "../support/network.js";
import { SensorNetwork, sensor } from "../support/noUI.js";

type User = Parameters<SensorNetwork["atGateway"]>[1];
const owner = { userID: "operator", password: "operator's own password" };

/** Who may be where is the owners' own rule; the device takes part at other owners' PN GWs if it is a `guest`. */
async function home(guest: boolean, options: TestOptions = {}, user: User = alice): Promise<SensorNetwork> {
  const net = await new SensorNetwork({ ...sensor, guest }, { policy: "ownership", ...options }).start();
  assert.equal(await net.atGateway("temporaryKey", user), "done");
  await net.pass(8);
  return net;
}

async function lets(net: TestNetwork, who: string, guests: readonly string[], everybody = false) {
  await net.network.serverStore.transaction(async (tables) => {
    const user = (await tables.users.get(hex(ascii(who)))) ?? assert.fail();
    await letIn(net.network, tables, user, { guests: guests.map(ascii), everybody });
  });
}

/** The PN GW invites everybody who is there: "in", or why not. */
async function pull(net: TestNetwork): Promise<string> {
  let told: string | undefined;
  net.network.gateway.command({ kind: "createPN", who: "all" }, (over) => {
    told = ended(over, "in");
  });
  await net.clock.runWhile(() => told === undefined, Milliseconds(60_000));
  await net.clock.runFor(Milliseconds(5_000));
  return told ?? "nothing";
}

describe("a PN GW of another account that pulls a device without UI into its PN (C-34)", () => {
  it("does not get it, though its own owner lets everybody in: the device's owner has to want it", async () => {
    const net = await home(true);
    await lets(net, owner.userID, [], true);
    assert.equal(await pull(net), "result.notAuthorized");
    await lets(net, owner.userID, [alice.userID]);
    assert.equal(await pull(net), "result.notAuthorized");
    assert.equal(net.device.pne?.view.pn, undefined);
    await lets(net, alice.userID, [bob.userID], true);
    assert.equal(await pull(net), "result.notAuthorized", "who lets everybody in at home sends nobody away");
    await lets(net, alice.userID, [owner.userID]);
    assert.equal(await pull(net), "in", "both owners have said yes");
  });

  it("loses it with its owner's word, when the session ends", async () => {
    const short = { records: 1_000, lifetime: Seconds(200) };
    const net = await home(true, { limits: short });
    await lets(net, owner.userID, [alice.userID]);
    await lets(net, alice.userID, [owner.userID]);
    assert.equal(await pull(net), "in");
    await lets(net, alice.userID, []);
    await net.pass(300);
    assert.equal(net.device.pne?.view.pn, undefined);
  });

  it("does not get it at the device either, whatever the operator's rule says: the Server proves whose the PN GW is", async () => {
    const net = await home(false, { policy: { mayJoin: () => true } });
    await pull(net);
    assert.equal(net.device.pne?.view.pn, undefined);
    assert.equal(net.logged('sensor pne.failed {"code":"result.notAuthorized"'), 1);
  });

  it("is another than its owner's own, where it takes part without a word", async () => {
    const net = await home(false, {}, owner);
    assert.equal(await pull(net), "in");
    assert.ok(net.device.pne?.view.pn);
  });

  it("is told on the display: by its name, and by its owner once the Server has proven that he is the device's", async () => {
    const id = (net: TestNetwork) => hex(net.network.gatewayID).slice(0, 16);
    const guest = await home(true, { policy: { mayJoin: () => true } });
    assert.equal(guest.device.pne?.view.gateway, `${id(guest)} (?)`);
    assert.equal(await pull(guest), "in");
    assert.equal(guest.device.pne?.view.gateway, `${id(guest)} (?)`);
    const own = await home(false, {}, owner);
    assert.equal(own.device.pne?.view.gateway, `${id(own)} (?)`);
    assert.equal(await pull(own), "in");
    assert.equal(own.device.pne?.view.gateway, `${id(own)} (operator)`);
  });
});
