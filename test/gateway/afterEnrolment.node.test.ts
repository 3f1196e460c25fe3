import assert from "node:assert/strict";
import { ascii, fromHex } from "../../src/base/octets.js";
import { Family } from "../support/family.js";
import { alice, bob, outcome } from "../support/network.js";

const ids = ["cellar", "hall", "kitchen"];

async function together(): Promise<Family> {
  const net = await new Family(
    ids.map((id) => Family.spec(id)),
    { poll: true },
  ).ready();
  await net.together("kitchen", ["hall", "cellar"]);
  for (const id of ids) assert.deepEqual(net.members(id), ids, id);
  return net;
}

/** Everybody but the hall is in the network still, and it in none. */
function isOut(net: Family): void {
  assert.equal(net.members("hall"), undefined);
  for (const id of ["cellar", "kitchen"]) assert.deepEqual(net.members(id), ["cellar", "kitchen"], id);
}

describe("a device whose owner changes while it is in a network", () => {
  it("is out when it was released out of reach, and its next owner enrols it there without a reset", async () => {
    const net = await together();
    net.network.setRange(net.of("hall"), false);
    await net.pass(10);
    await net.network.server.releaseDevice(fromHex(net.id("hall")));
    await net.pass(20);
    net.network.setRange(net.of("hall"), true);
    await net.pass(60);
    isOut(net);
    assert.equal(outcome(await net.enrol(bob, net.of("hall"))), "enrolled");
  });

  it("stays its owner's until he releases it; the display says so, and afterwards it is the other's", async () => {
    const net = await together();
    assert.equal(outcome(await net.enrol(bob, net.of("hall"))), "result.duplicateEntity");
    assert.match(net.of("hall").screen.lines.join(" "), /Another user owns/);
    await net.network.server.releaseDevice(fromHex(net.id("hall")));
    assert.equal(outcome(await net.enrol(bob, net.of("hall"))), "enrolled");
    await net.pass(5);
    isOut(net);
  });

  it("is nobody's when its User is removed: who has the name anew enrols it, and it joins", async () => {
    const net = await together();
    const { server } = net.network;
    await server.removeUser(ascii(alice.userID));
    await net.pass(60);
    for (const id of ids) assert.deepEqual([net.members(id), net.kinds(id).at(-1)], [undefined, "left"], id);
    await server.registerUser(ascii(alice.userID), ascii("another wonderland"));
    assert.equal(outcome(await net.enrol(alice, net.of("hall"))), "result.refused", "the old password");
    const anew = { ...alice, password: "another wonderland" };
    assert.equal(outcome(await net.enrol(anew, net.of("hall"))), "enrolled");
    assert.equal(outcome(await net.join(net.of("hall"))), "joined");
  });

  it("is told that the gateway is not ready when that was released, and joins once it has its key again", async () => {
    const net = await together();
    await net.network.server.releaseDevice(net.network.gatewayID);
    await net.pass(60);
    for (const id of ids) assert.equal(net.members(id), undefined, id);
    assert.equal(outcome(await net.join(net.of("hall"))), "result.gatewayNotEnrolled");
    let told = "";
    const credentials = { userID: ascii("operator"), password: ascii("operator's own password") };
    net.network.gateway.command({ kind: "enrol", ...credentials }, (made) => {
      told += "error" in made ? made.error.code : "enrolled";
    });
    await net.pass(20);
    assert.equal(told, "enrolled");
    assert.equal(outcome(await net.join(net.of("hall"))), "joined");
  });
});
