import assert from "node:assert/strict";
import { maximumValue, VirtualFlash } from "../../../hosts/simulator/world/flash.js";
import { hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { longest } from "../../../src/codec/bounds.js";
import { keptPN } from "../../../src/protocols/network/keptNetworks.js";
import { Family } from "../../support/family.js";
import { outcome } from "../../support/network.js";

const three = ["kitchen", "hall", "cellar"].map((id) => Family.spec(id));
const all = ["cellar", "hall", "kitchen"];
/** For links to be missed and made anew. */
const back = 25;
/** Longer than a member may be away. */
const gone = 140;

async function together(): Promise<Family> {
  const net = await new Family(three).ready();
  await net.together("kitchen", ["hall", "cellar"]);
  assert.deepEqual(net.members("hall"), all);
  return net;
}

const here = ({ network: { gateway } }: Family): string[][] =>
  gateway.view.pns.map((pn) => pn.members.flatMap(({ name = "?", here }) => (here ? [name] : [])).sort());

/** Values of flash that PNs are in. */
const kept = ({ network: { gatewayFlash } }: Family): string[] =>
  gatewayFlash.names().filter((name) => name.startsWith("pn"));

describe("inventory and routing table of a PN GW that loses its power (PNI-13, GWI-14, C-33)", () => {
  it("are there again, and its devices are back in their PN by their LocalEUKeys (PNI-06a, C-33)", async () => {
    const net = await together();
    const before = net.network.gateway.view.pns;
    for (let round = 0; round < 2; round++) {
      net.network.restartGateway();
      assert.deepEqual(here(net), [[]], "nobody is routed to before he has proven himself");
      await net.pass(back);
      assert.deepEqual(here(net), [all]);
      assert.deepEqual(net.network.gateway.view.pns, before);
      assert.deepEqual(net.members("cellar"), all);
      assert.ok(net.network.gateway.view.devices.every((device) => device.protected));
    }
    assert.equal(
      outcome(await net.run({ kind: "sendToServer", text: "still here" }, net.of("hall"))),
      "message",
    );
    net.command("kitchen", { kind: "sendToMember", to: net.id("cellar"), text: "and you?" });
    await net.pass(5);
    assert.ok(net.said.get("cellar")?.some((one) => one.kind === "message" && one.text === "and you?"));
  });

  it("lose who does not come back in time, and the others are told (PNR-14, C-33)", async () => {
    const net = await together();
    net.network.restartGateway();
    net.of("cellar").powerOff();
    await net.pass(back);
    assert.deepEqual(here(net), [["hall", "kitchen"]]);
    await net.pass(gone);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
    assert.equal(net.network.gateway.view.pns[0]?.members.length, 2);
    const members = net.network.serverStore.all("members").map(([, one]) => hex(one.entityID));
    assert.ok(!members.includes(net.id("cellar")));
  });

  it("are provisional until the Server's word: they route nothing, and end with the power (C-14, C-33)", async () => {
    const net = await new Family(three).ready();
    net.command("kitchen", { kind: "createPN", who: "all" });
    await net.pass(2);
    net.command("hall", { kind: "acceptInvitation" });
    await net.pass(2);
    assert.deepEqual([here(net), kept(net)], [[], []]);
    net.network.restartGateway();
    await net.pass(back);
    assert.deepEqual([here(net), kept(net), net.members("kitchen")], [[], [], undefined]);
    await net.together("kitchen", ["hall", "cellar"]);
    assert.deepEqual(here(net), [all]);
  });

  it("are nothing, to anybody, when the power goes at any message before they are routes (C-33)", async () => {
    // Two requests to the Server with their answers.
    for (let at = 1; at <= 4; at++) {
      const net = await new Family(three).ready();
      net.command("kitchen", { kind: "createPN", who: "all" });
      await net.pass(2);
      net.command("hall", { kind: "acceptInvitation" });
      await net.pass(1);
      let messages = 0;
      net.onBackhaul = () => {
        if (++messages === at) net.clock.after(Milliseconds(1), () => net.network.restartGateway());
      };
      net.command("cellar", { kind: "acceptInvitation" });
      await net.pass(back);
      net.onBackhaul = undefined;
      assert.ok(messages >= at);
      assert.deepEqual([here(net), kept(net)], [[], []], `${at}`);
      for (const id of all) assert.equal(net.members(id), undefined, `${id} ${at}`);
      await net.together("kitchen", ["hall", "cellar"]);
      assert.deepEqual([here(net), net.members("hall")], [[all], all], `${at}`);
    }
  });

  it("leave nothing in flash once a PN is over, nor a LocalEUKey once the PN GW has another key", async () => {
    const net = await together();
    const keys = net.network.gateway.pns.pns.flatMap(({ members }) =>
      members.map(({ local }) => hex(local.localKey?.key ?? assert.fail())),
    );
    const stored = (): string => [...net.network.gatewayFlash.dump().values()].map(hex).join(" ");
    assert.ok(keys.every((key) => stored().includes(key)));
    net.network.gateway.pns.forgetSessions();
    assert.ok(!keys.some((key) => stored().includes(key)));
    assert.equal(kept(net).length, 2);
    net.network.gateway.pns.dissolveAll();
    assert.deepEqual(kept(net), []);
  });

  it("begin without a PN whose value is damaged, and keep it in memory when flash is full", async () => {
    const net = await together();
    const { gatewayFlash } = net.network;
    for (const name of kept(net)) gatewayFlash.write(name, Uint8Array.of(1, 2, 3));
    net.network.restartGateway();
    await net.pass(back);
    assert.deepEqual([here(net), kept(net)], [[], []]);
    await net.pass(gone);
    for (let free = 0; free < 30; free++) {
      const room = gatewayFlash.capacity - gatewayFlash.used - 64;
      if (room > 0) gatewayFlash.write(`x${free}`, new Uint8Array(Math.min(4_000, room)));
    }
    await net.together("kitchen", ["hall", "cellar"]);
    assert.deepEqual(net.members("hall"), all);
    assert.ok(net.log.some((line) => line.startsWith("gateway pn.notKept")));
  });

  it("are whole or not there when the power goes in any write (C-33)", async () => {
    const before = await new Family(three.slice(0, 2)).ready();
    for (const manner of ["before", "torn", "after"] as const) {
      for (let atWrite = 1; atWrite <= 3; atWrite++) {
        const net = new Family(three.slice(0, 2), { after: before });
        await net.boot();
        await net.pass(8);
        net.network.gatewayFlash.cutPower({ atWrite, manner });
        await net.together("kitchen", ["hall"]);
        await net.pass(back);
        const [pn = []] = here(net);
        const both = pn.length === 2;
        assert.equal(net.members("hall") !== undefined, both, `${manner} write ${atWrite}`);
        // What was stored and never told is waited for in vain.
        if (!both) await net.pass(gone);
        assert.equal(kept(net).length, both ? 2 : 0, `${manner} write ${atWrite}`);
      }
    }
  });

  it("fit into one value of flash, with 32 members and all their names", () => {
    const slot = 13;
    assert.ok(longest(keptPN) + slot <= maximumValue, String(longest(keptPN)));
    assert.equal(maximumValue, 4_000);
    assert.ok(new VirtualFlash().capacity > 2 * maximumValue);
  });
});
