import assert from "node:assert/strict";
import { fromHex, hex } from "../../src/base/octets.js";
import { alice, bob, outcome, TestNetwork } from "../support/network.js";

/** A device that has had several LocalEUKeys, so that it takes none of a lower number. */
async function experienced(): Promise<{ readonly net: TestNetwork; readonly id: Uint8Array }> {
  const net = await new TestNetwork().enrolled();
  for (let joins = 0; joins < 3; joins++) {
    assert.equal(outcome(await net.join()), "joined");
    assert.equal(outcome(await net.run({ kind: "leavePN" })), "left");
  }
  return { net, id: fromHex(net.device.pne?.view.entityID ?? assert.fail()) };
}

/** The highest number that the Server has given to it. */
const highest = (net: TestNetwork, id: Uint8Array): number =>
  net.network.serverStore.get("histories", hex(id))?.localKeyID ?? 0;

describe("the numbers of a device's LocalEUKeys (C-25)", () => {
  it("go on when it was released and enrolled again, so that it joins at the first try", async () => {
    const { net, id } = await experienced();
    const before = highest(net, id);
    await net.network.server.releaseDevice(id);
    assert.equal(outcome(await net.enrol()), "enrolled");
    assert.equal(outcome(await net.join()), "joined");
    assert.equal(highest(net, id), before + 1);
  });

  it("go on for its next owner, also when the last one was removed with all he had", async () => {
    const { net, id } = await experienced();
    await net.network.server.releaseDevice(id);
    assert.equal(outcome(await net.enrol(bob)), "enrolled");
    assert.equal(outcome(await net.join()), "joined");
    assert.equal(outcome(await net.run({ kind: "leavePN" })), "left");
    await net.network.server.removeUser(Uint8Array.from(bob.userID, (letter) => letter.charCodeAt(0)));
    const before = highest(net, id);
    assert.equal(outcome(await net.enrol(alice)), "enrolled");
    assert.equal(outcome(await net.join()), "joined");
    assert.equal(highest(net, id), before + 1);
  });
});
