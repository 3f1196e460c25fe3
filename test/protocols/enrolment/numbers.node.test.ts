import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { Family } from "../../support/family.js";
import { alice } from "../../support/network.js";

/** Many devices of one user, none of which has a key yet, all connected. */
async function strangers(count: number, latency = 20): Promise<Family> {
  const specs = Array.from({ length: count }, (_, n) => Family.spec(`pne-${n}`));
  const net = await new Family(specs, { latency: Milliseconds(latency) }).start();
  const room = Math.min(count, 64);
  await net.clock.runWhile(() => net.network.gateway.view.devices.length < room, Milliseconds(60_000));
  return net;
}

function enrol(net: Family, id: string, password: string = alice.password): void {
  net.command(id, { kind: "enrol", userID: ascii(alice.userID), password: ascii(password) });
}

function outcomes(net: Family): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { id } of net.network.devices) {
    const kind = net.kinds(id).at(-1) ?? "nothing";
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const told = (net: Family) => () => net.network.devices.some(({ id }) => net.kinds(id).length === 0);

describe("many devices of one user that enrol at once", () => {
  for (const [count, latency] of [
    [17, 150],
    [24, 20],
    [64, 300],
  ] as const)
    it(`all get their key: a right password beside others is no guess (${count}, ${latency} ms to the Server)`, async () => {
      const net = await strangers(count, latency);
      for (const { id } of net.network.devices) enrol(net, id);
      await net.clock.runWhile(told(net), Milliseconds(120_000));
      assert.deepEqual(outcomes(net), { enrolled: count });
    });

  it("are let in beside wrong passwords, as long as these have not used up the user's guesses", async () => {
    const net = await strangers(24);
    const wrong = ["pne-3", "pne-11"];
    for (const { id } of net.network.devices) enrol(net, id, wrong.includes(id) ? "mistyped one" : undefined);
    await net.clock.runWhile(told(net), Milliseconds(120_000));
    assert.deepEqual(outcomes(net), { enrolled: 22, "result.refused": 2 });
  });
});

describe("the devices of a user who has as many as may be", () => {
  /** Rows of so many devices beside those that he has, as if they had been enrolled. */
  async function owns(net: Family, more: number): Promise<void> {
    const { serverStore } = net.network;
    const [, own] = serverStore.rows().entities.find(([, { role }]) => role === "pne") ?? assert.fail();
    await serverStore.transaction(async ({ entities }) => {
      for (let n = 0; n < more; n++) await entities.put(hex(ascii(`other-${n}`)), own);
    });
  }

  async function resetAndEnrol(net: Family, id: string): Promise<string> {
    net.command(id, { kind: "factoryReset" });
    await net.pass(5);
    net.said.clear();
    enrol(net, id);
    await net.clock.runWhile(() => net.kinds(id).length === 0, Milliseconds(60_000));
    return net.kinds(id).at(-1) ?? "nothing";
  }

  it("are 256 and not one more, which is told as such, and a reset device without an ID of its factory is one more", async () => {
    const net = await strangers(1);
    assert.equal(await resetAndEnrol(net, "pne-0"), "enrolled");
    await owns(net, 253);
    assert.equal(await resetAndEnrol(net, "pne-0"), "enrolled");
    assert.equal(await resetAndEnrol(net, "pne-0"), "enrolled");
    assert.equal(await resetAndEnrol(net, "pne-0"), "result.tooManyDevices");
    assert.equal(await resetAndEnrol(net, "pne-0"), "result.tooManyDevices");
    // As the text says: one that is not used any more is removed.
    await net.network.server.releaseDevice(ascii("other-7"));
    assert.equal(await resetAndEnrol(net, "pne-0"), "enrolled");
  });

  it("take their own place again after a reset, however often, when the factory gave them an ID", async () => {
    const made = { entityID: new Uint8Array(16).fill(5), temporaryKey: new Uint8Array(32).fill(6) };
    const net = await new Family([Family.spec("pne-0", made)]).start();
    await net.pass(5);
    assert.equal(await resetAndEnrol(net, "pne-0"), "enrolled");
    await owns(net, 255);
    for (let n = 0; n < 40; n++) assert.equal(await resetAndEnrol(net, "pne-0"), "enrolled", `reset ${n}`);
    assert.equal(
      net.network.serverStore.rows().entities.filter(([, { role }]) => role === "pne").length,
      256,
    );
  });
});
