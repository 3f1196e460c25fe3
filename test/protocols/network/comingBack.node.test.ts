import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { hex } from "../../../src/base/octets.js";
import { dissolve } from "../../../src/database/networks.js";
import { StoreError } from "../../../src/keystore/errors.js";
import { KeyStore } from "../../../src/keystore/keystore.js";
import { absenceTime } from "../../../src/pne/reconnect.js";
import { Family } from "../../support/family.js";
import { outcome } from "../../support/network.js";
import { slotOfNewerFirmware } from "../../support/newerSlot.js";
import { SensorNetwork, secureSensor, sensor } from "../../support/noUI.js";

const three = ["kitchen", "hall", "cellar"].map((id) => Family.spec(id));
const all = ["cellar", "hall", "kitchen"];
/** For a device to start, to be found, and to prove itself. */
const back = 12;
/** Longer than a member may be away. */
const gone = 140;

async function together(specs = three): Promise<Family> {
  const net = await new Family(specs).ready();
  await net.together("kitchen", ["hall", "cellar"]);
  assert.deepEqual(net.members("hall"), all);
  return net;
}

function cut(net: Family, id: string): void {
  net.of(id).powerOff();
  net.of(id).powerOn();
}

/** Whether a message of `from` arrives at `to`. */
async function reaches(net: Family, from: string, to: string): Promise<boolean> {
  const text = `${from} to ${to} at ${net.clock.now()}`;
  net.command(from, { kind: "sendToMember", to: net.id(to), text });
  await net.pass(5);
  return net.said.get(to)?.some((one) => one.kind === "message" && one.text === text) === true;
}

const atServer = (net: Family): string[] =>
  net.network.serverStore.all("members").map(([, one]) => hex(one.entityID));

describe("a member that has lost its power (PNI-03, PNI-15, C-33)", () => {
  it("is back in its PN, with all who are there, and nobody is asked or told", async () => {
    const net = await together();
    const pns = net.network.gateway.view.pns;
    const said = ["kitchen", "cellar"].map((id) => net.kinds(id));
    for (let round = 0; round < 3; round++) {
      cut(net, "hall");
      assert.equal(net.members("hall"), undefined);
      await net.pass(back);
      assert.deepEqual(net.members("hall"), all);
      assert.equal(net.of("hall").pne?.view.pn?.secure, true);
    }
    assert.deepEqual(
      ["kitchen", "cellar"].map((id) => net.kinds(id)),
      said,
    );
    assert.deepEqual(net.network.gateway.view.pns, pns);
    assert.equal(atServer(net).length, 3);
    assert.ok(await reaches(net, "hall", "kitchen"));
    assert.ok(await reaches(net, "cellar", "hall"));
    assert.equal(
      outcome(await net.run({ kind: "sendToServer", text: "here again" }, net.of("hall"))),
      "message",
    );
  });

  it("is back as the others are when all lose theirs at once, the PN GW, too", async () => {
    const net = await together();
    net.network.restartGateway();
    for (const id of all) cut(net, id);
    await net.pass(30);
    for (const id of all) assert.deepEqual(net.members(id), all, id);
    assert.equal(net.network.gateway.view.pns.length, 1);
    assert.ok(await reaches(net, "kitchen", "cellar"));
  });

  it("and started the PN, may still end it; the PN keeps its name, also when its starter has left", async () => {
    const net = await new Family(three).ready();
    net.command("kitchen", { kind: "createPN", who: "all", alias: "Home" });
    await net.pass(2);
    for (const id of ["hall", "cellar"]) net.command(id, { kind: "acceptInvitation" });
    await net.pass(10);
    for (const id of ["kitchen", "hall"]) {
      cut(net, id);
      await net.pass(back);
      const { alias, started } = net.of(id).pne?.view.pn ?? {};
      assert.deepEqual([alias, started], ["Home", id === "kitchen"], id);
    }
    net.command("kitchen", { kind: "leavePN" });
    await net.pass(5);
    cut(net, "hall");
    await net.pass(back);
    assert.deepEqual([net.members("hall"), net.of("hall").pne?.view.pn?.alias], [["cellar", "hall"], "Home"]);
  });

  it("ends the PN for everybody, when it started it", async () => {
    const net = await together();
    cut(net, "kitchen");
    await net.pass(back);
    net.command("kitchen", { kind: "dissolvePN" });
    await net.pass(8);
    assert.deepEqual(
      all.map((id) => net.members(id)),
      [undefined, undefined, undefined],
    );
  });

  it("hears who has left meanwhile (PNR-14)", async () => {
    const net = await together();
    net.of("hall").powerOff();
    net.command("cellar", { kind: "leavePN" });
    await net.pass(5);
    net.of("hall").powerOn();
    await net.pass(back);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
    assert.deepEqual(net.members("kitchen"), ["hall", "kitchen"]);
  });

  it("for too long has left, says nothing of it, and can be invited again", async () => {
    const net = await together();
    net.of("hall").powerOff();
    await net.pass(gone);
    net.of("hall").powerOn();
    await net.pass(back);
    assert.equal(net.members("hall"), undefined);
    assert.deepEqual(net.members("kitchen"), ["cellar", "kitchen"]);
    assert.deepEqual(net.kinds("hall").slice(-1), ["joined"], "its last word is of before");
    await net.pass(60);
    const from = net.fragments.length;
    cut(net, "hall");
    await net.pass(60);
    assert.ok(net.fragments.length - from < 6, "it does not try after three times");
    for (const id of ["kitchen", "cellar"]) net.command(id, { kind: "leavePN" });
    await net.pass(10);
    await net.together("kitchen", ["hall", "cellar"]);
    assert.deepEqual(net.members("hall"), all);
  });

  it("after its person had left the PN, or it had ended, stays out", async () => {
    for (const how of ["leavePN", "dissolvePN"] as const) {
      const net = await together();
      net.command("kitchen", { kind: how });
      await net.pass(5);
      for (const id of all) cut(net, id);
      await net.pass(back);
      assert.equal(net.members("kitchen"), undefined, how);
      assert.deepEqual(net.members("hall"), how === "leavePN" ? ["cellar", "hall"] : undefined, how);
    }
  });

  it("for the 256th time in one PN stays out: the numbers of its messages would be over", async () => {
    const net = await together();
    const returns = async (times: number) => {
      net.of("hall").powerOff();
      const store = new KeyStore(net.of("hall").options.flash, nodeSuite);
      const { place } = store;
      assert.ok(place);
      store.place = { ...place, times };
      net.of("hall").powerOn();
      await net.pass(back);
    };
    await returns(254);
    assert.deepEqual(net.members("hall"), all);
    await returns(255);
    assert.equal(net.members("hall"), undefined);
  });

  it("while out of reach, after its person had left the PN, stays out", async () => {
    const net = await together();
    net.network.setRange(net.of("hall"), false);
    await net.pass(8);
    net.command("hall", { kind: "leavePN" });
    cut(net, "hall");
    net.network.setRange(net.of("hall"), true);
    await net.pass(back);
    assert.equal(net.members("hall"), undefined);
  });

  it("is back though its person has looked for a gateway meanwhile, whenever that was", async () => {
    for (const wait of [0, 0.5, 1, 1.5, 2]) {
      const net = await together();
      cut(net, "hall");
      await net.pass(wait);
      // The display offers it outside of a network alone.
      if (net.members("hall") === undefined) net.command("hall", { kind: "look" });
      await net.pass(2 * back);
      assert.deepEqual(net.members("hall"), all, `${wait} s`);
    }
  });

  for (const code of ["store.full", "store.broken"] as const) {
    it(`is back, and learns who comes, though its flash takes no LocalEUKey: ${code}`, async () => {
      const net = await together();
      net.of("hall").options.flash.write = (name) => {
        throw new StoreError(code, name);
      };
      cut(net, "hall");
      await net.pass(back);
      assert.deepEqual(net.members("hall"), all);
      await net.run({ kind: "leavePN" }, net.of("cellar"));
      await net.pass(5);
      net.command("cellar", { kind: "createPN", who: "all" });
      await net.pass(back);
      for (const id of all) assert.deepEqual(net.members(id), all, id);
      assert.ok(await reaches(net, "cellar", "hall"));
      // Its ticket needs no flash.
      net.network.setRange(net.of("hall"), false);
      await net.pass(30);
      net.network.setRange(net.of("hall"), true);
      await net.pass(back);
      assert.ok(await reaches(net, "hall", "kitchen"));
    });
  }

  it("is back though its person has wanted a network while no gateway was there", async () => {
    const net = await together();
    net.network.setRange(net.of("hall"), false);
    cut(net, "hall");
    await net.pass(5);
    assert.equal(outcome(await net.run({ kind: "createPN", who: "all" }, net.of("hall"))), "gatewayNotFound");
    net.network.setRange(net.of("hall"), true);
    await net.pass(back);
    assert.deepEqual(net.members("hall"), all);
  });

  it("does first what its person wants", async () => {
    const net = await together();
    for (const wait of [0, 3.2, 3.4, 3.6, 4]) {
      cut(net, "hall");
      await net.pass(wait);
      net.command("hall", { kind: "createPN" });
      await net.pass(back);
      assert.deepEqual(net.members("hall"), ["hall"], String(wait));
      net.command("hall", { kind: "leavePN" });
      await net.pass(5);
      for (const id of ["kitchen", "cellar"]) net.command(id, { kind: "leavePN" });
      await net.pass(10);
      await net.together("kitchen", ["hall", "cellar"]);
    }
  });

  it("is back however often its power goes on the way, and nobody else notices", async () => {
    const net = await together();
    const said = net.kinds("kitchen");
    for (let fragment = 1; fragment < 40; fragment++) {
      cut(net, "hall");
      const from = net.fragments.length;
      net.onFragment = (device) => {
        if (device.id !== "hall" || net.fragments.length - from < fragment) return;
        net.onFragment = undefined;
        cut(net, "hall");
      };
      await net.pass(back);
      const whole = net.onFragment !== undefined;
      net.onFragment = undefined;
      await net.pass(back);
      assert.deepEqual(net.members("hall"), all, `fragment ${fragment}`);
      assert.deepEqual(net.kinds("kitchen"), said);
      if (whole) return;
    }
    assert.fail("longer than forty fragments");
  }).timeout(120_000);

  it("is back when its link is lost on the way", async () => {
    const net = await together();
    for (const fragment of [1, 4, 7, 10]) {
      cut(net, "hall");
      const from = net.fragments.length;
      net.onFragment = (device) => {
        if (device.id !== "hall" || net.fragments.length - from < fragment) return;
        net.onFragment = undefined;
        net.network.dropLink(net.of("hall"));
      };
      await net.pass(40);
      net.onFragment = undefined;
      assert.deepEqual(net.members("hall"), all, `fragment ${fragment}`);
    }
  });

  it("and has no wish to be reached lets itself be found for a day, and not longer", async () => {
    const quiet = three.map((spec) => ({ ...spec, reachable: false }));
    const net = await new Family([...quiet.slice(0, 1)]).ready();
    net.command("kitchen", { kind: "createPN" });
    await net.pass(10);
    cut(net, "kitchen");
    await net.pass(back);
    assert.deepEqual(net.members("kitchen"), ["kitchen"]);
    net.network.setRange(net.of("kitchen"), false);
    cut(net, "kitchen");
    await net.pass(absenceTime / 1000 + 1);
    net.network.setRange(net.of("kitchen"), true);
    await net.pass(back);
    assert.equal(net.members("kitchen"), undefined);
    assert.equal(net.of("kitchen").link, undefined);
  });

  it("is back once the PN GW reaches the Server again", async () => {
    const net = await together();
    net.network.backhaul.unreachable = true;
    cut(net, "hall");
    await net.pass(40);
    assert.equal(net.members("hall"), undefined);
    net.network.backhaul.unreachable = false;
    await net.pass(30);
    assert.deepEqual(net.members("hall"), all);
  });

  it("is back where a false gateway has turned it away once or twice", async () => {
    const net = await together();
    net.network.setRogue(true);
    cut(net, "hall");
    await net.pass(6);
    net.network.setRogue(false);
    await net.pass(60);
    assert.deepEqual(net.members("hall"), all);
  });

  it("is back though it is invited elsewhere on the way, whenever that is", async () => {
    const net = await together();
    await net.pass(1);
    for (let wait = 0; wait < 8; wait++) {
      cut(net, "hall");
      await net.pass(3 + wait * 0.1);
      net.network.gateway.command({ kind: "createPN", who: [net.id("hall")] });
      await net.pass(100);
      assert.deepEqual(net.members("hall"), all, `after ${3 + wait * 0.1} s`);
    }
  }).timeout(60_000);

  it("is in it with the others again where the Server has forgotten the PN", async () => {
    const net = await together();
    const { serverStore } = net.network;
    await serverStore.transaction(async (tables) => {
      for (const [name] of serverStore.rows().pns) await dissolve(tables, name);
    });
    cut(net, "hall");
    await net.pass(70);
    for (const id of all) assert.deepEqual(net.members(id), all, id);
    assert.equal(atServer(net).length, 3);
    assert.ok(await reaches(net, "hall", "kitchen"));
    assert.ok(await reaches(net, "cellar", "hall"));
  });

  it("is in it without those whom such a Server does not take again, after a minute (C-14)", async () => {
    const net = await together();
    const { serverStore } = net.network;
    await serverStore.transaction(async (tables) => {
      for (const [name] of serverStore.rows().pns) await dissolve(tables, name);
      await tables.entities.delete(net.id("cellar"));
    });
    cut(net, "hall");
    await net.pass(100);
    assert.equal(net.members("cellar"), undefined);
    for (const id of ["hall", "kitchen"]) assert.deepEqual(net.members(id), ["hall", "kitchen"], id);
    assert.deepEqual(
      net.network.gateway.view.pns.map((pn) => pn.members.length),
      [2],
    );
  });

  it("starts with a place in flash that cannot be read as with none", async () => {
    const net = await together();
    net.of("hall").powerOff();
    const { flash } = net.of("hall").options;
    for (const name of ["pn.a", "pn.b"]) flash.write(name, slotOfNewerFirmware(nodeSuite, "pn"));
    net.of("hall").powerOn();
    await net.pass(back);
    assert.equal(net.of("hall").pne?.view.keys, "enrolled");
    assert.equal(net.members("hall"), undefined);
  });

  it("is back on a PAN that is secure by itself, where no LocalEUKey is kept (LEU-04)", async () => {
    const net = await together(three.map((spec) => ({ ...spec, secure: true })));
    cut(net, "hall");
    await net.pass(back);
    assert.deepEqual(net.members("hall"), all);
    assert.ok(await reaches(net, "kitchen", "hall"));
    assert.ok(await reaches(net, "hall", "cellar"));
  });

  it("is back without UI, by its pre-assigned key or on a secure PAN (LEU-02)", async () => {
    for (const spec of [sensor, secureSensor]) {
      const net = await new SensorNetwork(spec).start();
      assert.equal(await net.atGateway("temporaryKey"), "done");
      await net.pass(10);
      net.network.gateway.command({ kind: "createPN", who: "all" });
      await net.pass(10);
      const pn = net.device.pne?.view.pn?.id;
      assert.ok(pn);
      net.device.powerOff();
      net.device.powerOn();
      await net.pass(back);
      assert.equal(net.device.pne?.view.pn?.id, pn);
      assert.equal(outcome(await net.run({ kind: "sendToServer", text: "dry" })), "message");
    }
  });
});
