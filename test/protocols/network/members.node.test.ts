import assert from "node:assert/strict";
import { hex } from "../../../src/base/octets.js";
import type { Outcome } from "../../../src/base/outcome.js";
import type { GatewayPNView } from "../../../src/gateway/ports.js";
import { ended } from "../../support/ended.js";
import { Family } from "../../support/family.js";

const three = ["kitchen", "hall", "cellar"].map((id) => Family.spec(id));

function established(net: Family): number {
  return net.network.serverStore.rows().pns.filter(([, pn]) => pn.established).length;
}

type Made = Outcome<GatewayPNView>;

async function create(net: Family, targets: readonly string[] | "all"): Promise<Made | undefined> {
  let result: Made | undefined;
  const who = targets === "all" ? targets : targets.map((id) => net.id(id));
  net.network.gateway.command({ kind: "createPN", who }, (made) => {
    result = made;
  });
  await net.pass(2);
  return result;
}

describe("a PN that a PNE starts with others", () => {
  it("has everybody who says yes, each with the Server's inventory (PNI-02, PNI-03, PNI-13, PNI-14b, PNI-15b)", async () => {
    const net = await new Family(three).ready();
    await net.together("kitchen", ["hall", "cellar"]);
    for (const id of ["kitchen", "hall", "cellar"]) {
      assert.deepEqual(net.members(id), ["cellar", "hall", "kitchen"], id);
      assert.equal(net.of(id).pne?.view.pn?.secure, true);
    }
    assert.deepEqual(net.kinds("hall").slice(-2), ["invited", "joined"]);
    assert.equal(established(net), 1);
  });

  it("goes on without the one that says no and the one that says nothing (C-16)", async () => {
    const net = await new Family([...three, Family.spec("attic")]).ready();
    await net.together("kitchen", ["hall"], ["cellar"]);
    assert.equal(net.members("kitchen"), undefined, "the attic has not answered yet");
    await net.pass(50);
    assert.deepEqual(net.members("kitchen"), ["hall", "kitchen"]);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
    assert.equal(net.members("cellar"), undefined);
    assert.equal(net.members("attic"), undefined);
    assert.equal(net.kinds("attic").at(-1), "invitationOver");
    net.command("attic", { kind: "acceptInvitation" });
    await net.pass(5);
    assert.equal(net.kinds("attic").at(-1), "pn.tooLate");
  });

  it("asks only those of a list (PNI-01)", async () => {
    const net = await new Family(three).ready();
    net.command("kitchen", { kind: "createPN", who: [net.id("cellar"), "00".repeat(16)] });
    await net.pass(2);
    net.command("cellar", { kind: "acceptInvitation" });
    await net.pass(10);
    assert.deepEqual(net.members("kitchen"), ["cellar", "kitchen"]);
    assert.ok(!net.kinds("hall").includes("invited"));
  });

  it("is a PN of one when nobody else is there (PNI-11b)", async () => {
    const net = await new Family(three.slice(0, 1)).ready();
    net.command("kitchen", { kind: "createPN", who: "all" });
    await net.pass(10);
    assert.deepEqual(net.members("kitchen"), ["kitchen"]);
  });

  it("leaves out whom the Server's policy refuses, and tells that PNE why (PNR-12, C-13, C-16)", async () => {
    const refused = new Set<string>();
    const policy = { mayJoin: (pne: Uint8Array) => !refused.has(hex(pne)) };
    const net = await new Family(three, { policy }).ready();
    refused.add(net.id("cellar"));
    await net.together("kitchen", ["hall", "cellar"]);
    assert.deepEqual(net.members("kitchen"), ["hall", "kitchen"]);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
    assert.equal(net.members("cellar"), undefined);
    assert.equal(net.kinds("cellar").at(-1), "result.notAuthorized");
  });

  it("has a LocalEUKey for those with UI only (C-01, C-02, LEU-01)", async () => {
    const sensor = Family.spec("sensor", { keypad: "none", secure: true });
    const net = await new Family([...three, sensor]).ready();
    await net.together("kitchen", ["hall", "cellar"]);
    assert.deepEqual(net.members("sensor"), ["cellar", "hall", "kitchen", "sensor"]);
    const keysOf = (id: string) => net.network.serverStore.get("histories", net.id(id))?.localKeyID;
    assert.equal(keysOf("hall"), 1);
    assert.equal(keysOf("sensor"), 0);
  });
});

describe("a PN that the PN GW starts", () => {
  it("has those who say yes (GWI-01, GWI-03, GWI-05b, GWI-15)", async () => {
    const net = await new Family(three).ready();
    assert.equal(await create(net, "all"), undefined);
    net.command("hall", { kind: "acceptInvitation" });
    net.command("kitchen", { kind: "acceptInvitation" });
    net.command("cellar", { kind: "declineInvitation" });
    await net.pass(10);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
    assert.deepEqual(net.members("kitchen"), ["hall", "kitchen"]);
    assert.equal(net.of("hall").pne?.view.pn?.started, false);
    assert.equal(net.network.gateway.pns.pns.length, 1);
  });

  it("is none when all say no, and the PN GW's user is told (GWI-03)", async () => {
    const net = await new Family(three).ready();
    let result = "nothing";
    net.network.gateway.command({ kind: "createPN", who: "all" }, (made) => {
      result = ended(made);
    });
    await net.pass(2);
    for (const { id } of three) net.command(id, { kind: "declineInvitation" });
    await net.pass(5);
    assert.equal(result, "result.declined");
    assert.equal(established(net), 0);
  });

  it("takes in a device without UI by its owner's policy", async () => {
    const net = await new Family([Family.spec("sensor", { keypad: "none", secure: true })]).ready();
    await create(net, "all");
    await net.pass(5);
    assert.deepEqual(net.members("sensor"), ["sensor"]);
  });
});

describe("members that go (PNR-14)", () => {
  it("are taken from everybody's inventory, at the PN GW and at the Server (PNR-14)", async () => {
    const net = await new Family(three).ready();
    await net.together("kitchen", ["hall", "cellar"]);
    net.command("hall", { kind: "leavePN" });
    await net.pass(3);
    assert.deepEqual(net.members("kitchen"), ["cellar", "kitchen"]);
    assert.deepEqual(net.members("cellar"), ["cellar", "kitchen"]);
    const pn = net.network.serverStore.rows().pns[0]?.[1];
    assert.deepEqual(
      pn?.members.map((one) => hex(one.entityID)).sort(),
      [net.id("cellar"), net.id("kitchen")].sort(),
    );
  });

  it("are gone for everybody when the initiator ends the PN, and it tells the Server", async () => {
    const net = await new Family(three).ready();
    await net.together("kitchen", ["hall", "cellar"]);
    net.command("kitchen", { kind: "dissolvePN" });
    await net.pass(3);
    for (const { id } of three) assert.equal(net.members(id), undefined, id);
    assert.equal(established(net), 0);
    assert.equal(net.kinds("hall").at(-1), "left");
  });

  it("only leave when another than the initiator wants to end the PN", async () => {
    const net = await new Family(three).ready();
    await net.together("kitchen", ["hall", "cellar"]);
    net.command("hall", { kind: "dissolvePN" });
    await net.pass(3);
    assert.deepEqual(net.members("kitchen"), ["cellar", "kitchen"]);
  });

  it("can join another PN afterwards", async () => {
    const net = await new Family(three).ready();
    await net.together("kitchen", ["hall", "cellar"]);
    net.command("kitchen", { kind: "dissolvePN" });
    await net.pass(8);
    await net.together("hall", ["kitchen"], ["cellar"]);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
  });
});

describe("data from member to member (PNI-04a)", () => {
  it("arrives by the routing table, and the sender is told", async () => {
    const net = await new Family(three).ready();
    await net.together("kitchen", ["hall", "cellar"]);
    net.command("kitchen", { kind: "sendToMember", to: net.id("hall"), text: "dinner" });
    await net.pass(3);
    const heard = net.said.get("hall")?.at(-1);
    assert.deepEqual(heard, { kind: "message", from: "member", name: "kitchen", text: "dinner" });
    assert.deepEqual(net.said.get("kitchen")?.at(-1), { kind: "sent", to: "hall" });
    assert.ok(!net.kinds("cellar").includes("message"));
  });

  it("has no route to one that is not in the PN, and none out of it (C-14)", async () => {
    const net = await new Family(three).ready();
    await net.together("kitchen", ["hall"], ["cellar"]);
    net.command("kitchen", { kind: "sendToMember", to: net.id("cellar"), text: "dinner" });
    await net.pass(3);
    assert.equal(net.kinds("kitchen").at(-1), "result.noRoute");
    net.command("cellar", { kind: "sendToMember", to: net.id("kitchen"), text: "me too" });
    await net.pass(3);
    assert.equal(net.kinds("cellar").at(-1), "pn.notMember");
  });

  it("fails by name when the other has just lost its power", async () => {
    const net = await new Family(three).ready();
    await net.together("kitchen", ["hall", "cellar"]);
    net.of("hall").powerOff();
    net.command("kitchen", { kind: "sendToMember", to: net.id("hall"), text: "dinner" });
    await net.pass(12);
    assert.match(net.kinds("kitchen").at(-1) ?? "", /^result\.(noRoute|busy)$/);
    // It may come back for a while.
    assert.deepEqual(net.members("kitchen"), ["cellar", "hall", "kitchen"]);
    await net.pass(135);
    assert.deepEqual(net.members("kitchen"), ["cellar", "kitchen"]);
  });
});

describe("a PN of twenty", () => {
  it("is set up, known to all, and messages pass", async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `device ${String(n).padStart(2, "0")}`);
    const net = await new Family(ids.map((id) => Family.spec(id))).ready();
    await net.together("device 00", ids.slice(1));
    await net.pass(10);
    for (const id of ids) assert.deepEqual(net.members(id), ids, id);
    net.command("device 19", { kind: "sendToMember", to: net.id("device 07"), text: "hello" });
    await net.pass(3);
    assert.equal(net.kinds("device 19").at(-1), "sent");
  }).timeout(60_000);
});
