import assert from "node:assert/strict";
import type { DeviceSpec } from "../../../hosts/simulator/network/options.js";
import { ascii } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { ended } from "../../support/ended.js";
import { Family } from "../../support/family.js";
import { alice } from "../../support/network.js";
import { unlessFew } from "../../support/sampled.js";

/** So many devices of one user with their keys, all connected. */
async function crowd(count: number, more: (n: number) => Partial<DeviceSpec> = () => ({})): Promise<Family> {
  const specs = Array.from({ length: count }, (_, n) => Family.spec(`pne-${n}`, more(n)));
  const net = await new Family(specs, { maximumLinks: 128 }).start();
  for (const { id } of specs) {
    const device = net.of(id);
    device.command({ kind: "enrol", userID: ascii(alice.userID), password: ascii(alice.password) });
    await net.clock.runFor(Milliseconds(1_500));
  }
  await net.clock.runWhile(() => net.network.gateway.view.devices.length < count, Milliseconds(60_000));
  await net.pass(5);
  for (const { id } of specs) assert.deepEqual(net.kinds(id), ["enrolled"]);
  return net;
}

const last = (net: Family): Map<string, number> => {
  const outcomes = new Map<string, number>();
  for (const { id } of net.network.devices) {
    const kind = net.kinds(id).at(-1) ?? "nothing";
    outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
  }
  return outcomes;
};

/** The PN GW invites all; all but `silent` say yes. */
async function inviteAll(net: Family, silent = 0): Promise<readonly string[]> {
  const told: string[] = [];
  net.network.gateway.command({ kind: "createPN", who: "all" }, (made) => told.push(ended(made)));
  await net.pass(3);
  for (const { id } of net.network.devices.slice(silent)) net.command(id, { kind: "acceptInvitation" });
  await net.pass(90);
  return told;
}

describe("a PN that more devices want into than can be members", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  for (const count of [32, 34, 100]) {
    it(`has 32 of ${count} that say yes, and everybody else is told that it is full`, async () => {
      const net = await crowd(count);
      assert.deepEqual(await inviteAll(net), ["done"]);
      const outcomes = last(net);
      assert.equal(outcomes.get("joined"), 32);
      assert.equal(outcomes.get("result.full") ?? 0, count - 32);
      assert.equal(net.network.gateway.view.pns[0]?.members.length, 32);
      assert.equal(net.network.serverStore.rows().pns.length, 1);
    }).timeout(300_000);
  }

  for (const count of [26, 40]) {
    it(`has ${Math.min(count, 32)} of ${count} that a device invites, with IDs and names of 32 octets`, async () => {
      const long = (n: number): Partial<DeviceSpec> => ({
        name: `${"n".repeat(29)}${100 + n}`,
        entityID: Uint8Array.from({ length: 32 }, (_, i) => (i < 31 ? 0xaa : n)),
      });
      const net = await crowd(count, long);
      net.command("pne-0", { kind: "createPN", who: "all" });
      await net.pass(3);
      for (const { id } of net.network.devices.slice(1)) net.command(id, { kind: "acceptInvitation" });
      await net.pass(90);
      const members = Math.min(count, 32);
      assert.equal(last(net).get("joined"), members);
      assert.equal(last(net).get("result.full") ?? 0, count - members);
      assert.equal(net.kinds("pne-0").at(-1), "joined");
      assert.equal(net.members("pne-0")?.length, members);
      assert.equal(net.network.gateway.view.pns[0]?.members.length, members);
      assert.equal(net.network.serverStore.rows().pns.length, 1);
    }).timeout(60_000);
  }

  it("has 33 that say yes while one stays silent: nobody waits for him", async () => {
    const net = await crowd(34);
    assert.deepEqual(await inviteAll(net, 1), ["done"]);
    assert.equal(last(net).get("joined"), 32);
    assert.equal(last(net).get("result.full"), 1);
  }).timeout(300_000);
});
