import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Result } from "../../src/codec/results.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import type { EUKeyData } from "../../src/keystore/schemas.js";
import { euKeyAssignmentTrigger } from "../../src/protocols/temporaryKey/messages.js";
import { Family } from "../support/family.js";
import { alice, outcome, type TestNetwork } from "../support/network.js";
import { SensorNetwork, sensorID } from "../support/noUI.js";

const short = { records: 1_000, lifetime: Seconds(200) };

const family = (options = {}): Promise<Family> =>
  new Family([Family.spec("kitchen"), Family.spec("hall")], { poll: true, ...options }).ready();

async function together(options = {}): Promise<Family> {
  const net = await family(options);
  await net.together("kitchen", ["hall"]);
  assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
  return net;
}

const kitchen = (net: Family) =>
  net.network.serverStore.get("entities", net.id("kitchen")) ?? assert.fail("the kitchen is nobody's");
/** The key that the kitchen would start with now. */
const held = (net: Family): EUKeyData =>
  new KeyStore(net.of("kitchen").options.flash, nodeSuite).committed ?? assert.fail("it has none");

/** The Server wants another key; what it was told. */
async function reassigned(net: TestNetwork, id: Uint8Array): Promise<Result | undefined> {
  let told: Result | undefined;
  void net.network.server.reassign(id, Milliseconds(5_000)).then((result) => {
    told = result;
  });
  await net.clock.runWhile(() => told === undefined, Milliseconds(60_000));
  await net.clock.runFor(Milliseconds(5_000));
  return told;
}

const anew = (net: Family): Promise<Result | undefined> => reassigned(net, fromHex(net.id("kitchen")));

/** Both have another key than `before`, the same. */
function assertRenewed(net: Family, before: EUKeyData): void {
  const now = held(net);
  assert.notDeepEqual(now.key, before.key);
  assert.deepEqual([kitchen(net).committed.id, kitchen(net).committed.key], [now.id, now.key]);
  assert.equal(kitchen(net).renewal, undefined, "it is wanted no longer");
}

describe("an EUKey that the Server wants anew (PNR-07, C-38)", () => {
  it("is replaced between PNE and Server while the PNE is idle; its person has nothing to do (C-38)", async () => {
    const net = await family();
    const before = held(net);
    assert.equal(await anew(net), Result.ok);
    assertRenewed(net, before);
    await net.together("kitchen", ["hall"]);
    assert.deepEqual(net.members("kitchen"), ["hall", "kitchen"]);
  });

  it("is replaced inside a PN, whose sessions go on and are renewed by the new key (GWA-01, C-38)", async () => {
    const net = await together({ limits: short });
    const before = held(net);
    assert.equal(await anew(net), Result.ok);
    assertRenewed(net, before);
    assert.equal(
      outcome(await net.run({ kind: "sendToServer", text: "still here" }, net.of("kitchen"))),
      "message",
    );
    await net.pass(600);
    assert.deepEqual(net.members("kitchen"), ["hall", "kitchen"]);
    assert.equal(
      outcome(await net.run({ kind: "sendToServer", text: "and now" }, net.of("kitchen"))),
      "message",
    );
  });

  it("is asked for again when the PNE was out of reach, as soon as it is in a PN", async () => {
    const net = await family();
    const before = held(net);
    net.network.setRange(net.of("kitchen"), false);
    await net.pass(5);
    assert.equal(await anew(net), Result.noRoute);
    assert.equal(kitchen(net).renewal, true);
    net.network.setRange(net.of("kitchen"), true);
    await net.pass(10);
    assert.deepEqual(held(net).key, before.key);
    await net.together("hall", ["kitchen"]);
    await net.pass(5);
    assertRenewed(net, before);
    assert.deepEqual(net.members("kitchen"), ["hall", "kitchen"]);
  });

  it("is asked for again when its session is renewed, where the PNE was away from its PN (GWA-01, C-38)", async () => {
    const net = await together({ limits: short });
    const before = held(net);
    net.network.setRange(net.of("kitchen"), false);
    await net.pass(15);
    assert.equal(await anew(net), Result.noRoute);
    net.network.setRange(net.of("kitchen"), true);
    await net.pass(30);
    assert.deepEqual([held(net).key, net.members("kitchen")], [before.key, ["hall", "kitchen"]]);
    await net.pass(200);
    assertRenewed(net, before);
    await net.pass(600);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
    const asked = net.log.filter((line) => line.startsWith("gateway server.pushed")).length;
    await net.pass(600);
    assert.equal(net.log.filter((line) => line.startsWith("gateway server.pushed")).length, asked, "once");
  });

  it("is replaced when the PNE is next in a PN, where it only comes for what it does, or its PN GW keeps no poll (C-38)", async () => {
    const rare = new Family([Family.spec("kitchen", { reachable: false }), Family.spec("hall")], {
      poll: true,
    });
    await rare.ready();
    const before = held(rare);
    assert.equal(await anew(rare), Result.noRoute);
    await rare.together("kitchen", ["hall"]);
    await rare.pass(5);
    assertRenewed(rare, before);
    const mute = await family({ poll: false });
    const key = held(mute);
    assert.equal(await anew(mute), Result.noRoute);
    await mute.together("kitchen", ["hall"]);
    assert.deepEqual([held(mute).key, kitchen(mute).renewal], [key.key, true]);
  });

  /** Whatever has happened, there is one key, another one than before, and it works. */
  async function assertOne(net: Family, before: EUKeyData, when: string): Promise<void> {
    if (net.members("kitchen") === undefined) await net.together("kitchen", ["hall"]);
    await net.pass(10);
    assert.deepEqual(net.members("kitchen"), ["hall", "kitchen"], when);
    assertRenewed(net, before);
  }

  const middles: Readonly<Record<string, (net: Family) => Promise<void> | void>> = {
    "comes into a PN": async (net) => {
      net.command("kitchen", { kind: "createPN", who: "all" });
      await net.pass(2);
      net.command("hall", { kind: "acceptInvitation" });
    },
    "enrols anew": (net) => {
      const { userID, password } = alice;
      net.command("kitchen", { kind: "enrol", userID: ascii(userID), password: ascii(password) });
    },
  };
  for (const [what, begin] of Object.entries(middles))
    it(`is replaced once, whenever the Server says so while the PNE ${what} (C-38)`, async () => {
      for (const at of [0, 100, 300, 700, 1_500]) {
        const net = await family();
        const before = held(net);
        await begin(net);
        await net.clock.runFor(Milliseconds(at));
        await anew(net);
        await net.pass(20);
        await assertOne(net, before, `${at}`);
      }
    });

  for (const [what, cut] of [
    ["PNE loses its power", (net: Family) => net.of("kitchen").powerOff()],
    ["PN GW restarts", (net: Family) => net.network.restartGateway()],
  ] as const)
    it(`is one key at both when the ${what} at any moment of it (C-38)`, async () => {
      for (const at of [0, 50, 100, 200, 400]) {
        const net = await family();
        const before = held(net);
        void net.network.server.reassign(fromHex(net.id("kitchen")), Milliseconds(5_000));
        await net.clock.runFor(Milliseconds(at));
        cut(net);
        await net.pass(20);
        if (!net.of("kitchen").powered) net.of("kitchen").powerOn();
        await net.pass(20);
        await assertOne(net, before, `${at}`);
      }
    });

  it("is wanted no more of who was released, or is nobody's, or a PN GW (C-38)", async () => {
    const net = await family();
    net.network.setRange(net.of("kitchen"), false);
    await net.pass(5);
    assert.equal(await anew(net), Result.noRoute);
    await net.network.server.releaseDevice(fromHex(net.id("kitchen")));
    net.network.setRange(net.of("kitchen"), true);
    await net.pass(10);
    assert.equal(outcome(await net.enrol(undefined, net.of("kitchen"))), "enrolled");
    const own = kitchen(net);
    assert.equal(own.renewal, undefined);
    await net.together("kitchen", ["hall"]);
    assert.deepEqual(kitchen(net).committed.id, own.committed.id);
    for (const id of [net.network.gatewayID, ascii("nobody")])
      assert.equal(await reassigned(net, id), Result.noRoute);
  });

  it("is nobody else's to ask for: a PN GW that triggers by itself is refused, and nothing is written (C-38)", async () => {
    const net = await family();
    const { flash } = net.of("kitchen").options;
    const [before, writes] = [held(net), flash.writes];
    for (const link of net.network.gateway.links)
      link.push((exchange) => encodeMessage(euKeyAssignmentTrigger, exchange, {}));
    await net.pass(10);
    assert.deepEqual([held(net).key, flash.writes], [before.key, writes]);
    assert.ok(net.log.some((line) => line.startsWith("server temporaryKey.rotationRefused")));
    assert.deepEqual(kitchen(net).committed.id, before.id);
  });

  it("is finished on the next connection when its acknowledgement is lost", async () => {
    const net = await family();
    const before = held(net);
    net.network.backhaul.tamper = (octets, direction) =>
      direction === "toGateway" && hex(kitchen(net).committed.id) !== hex(before.id) ? [] : octets;
    await anew(net);
    assert.notDeepEqual(kitchen(net).committed.id, before.id);
    assert.deepEqual(held(net).key, before.key);
    net.network.backhaul.tamper = undefined;
    net.network.setRange(net.of("kitchen"), false);
    await net.pass(10);
    net.network.setRange(net.of("kitchen"), true);
    await net.pass(20);
    assertRenewed(net, before);
  });

  it("does not carry the sessions of the old key past an enrolment anew, which may be there to end them (C-38)", async () => {
    const net = await together();
    await net.network.serverStore.transaction(async (tables) => {
      const row = await tables.entities.get(net.id("kitchen"));
      if (row) await tables.entities.put(net.id("kitchen"), { ...row, renewal: true });
    });
    assert.equal(outcome(await net.enrol(undefined, net.of("kitchen"))), "enrolled");
    const { id } = kitchen(net).committed;
    const members = net.network.serverStore.all("members").map(([, one]) => one);
    const own = members.filter((one) => hex(one.entityID) === net.id("kitchen"));
    assert.ok(own.every(({ session }) => session === undefined || hex(session.keyID) !== hex(id)));
    assert.equal(kitchen(net).renewal, undefined);
  });

  it("of a PNE without key and UI is not there to be replaced: its person authenticates at the PN GW (SEC-05, C-38)", async () => {
    const net = await new SensorNetwork(undefined, { poll: true }).start();
    assert.equal(await reassigned(net, sensorID), Result.noRoute, "it is nobody's");
    for (const link of net.network.gateway.links)
      link.push((exchange) => encodeMessage(euKeyAssignmentTrigger, exchange, {}));
    await net.pass(3);
    assert.equal(net.device.pne?.view.keys, "empty");
    assert.equal(await net.atGateway("temporaryKey"), "done");
    const name = hex(sensorID);
    const before = net.network.serverStore.get("entities", name)?.committed.id ?? assert.fail();
    await net.pass(10);
    assert.equal(await reassigned(net, sensorID), Result.ok);
    assert.notDeepEqual(net.network.serverStore.get("entities", name)?.committed.id, before);
    assert.equal(outcome(await net.join()), "joined");
  });

  it("of a PNE without UI that was reset meanwhile: its person authenticates at the PN GW, and that is the new one (SEC-05, C-38)", async () => {
    const net = await new SensorNetwork(undefined, { poll: true }).start();
    assert.equal(await net.atGateway("temporaryKey"), "done");
    await net.pass(10);
    net.device.command({ kind: "factoryReset" });
    await net.pass(10);
    const before = net.entity?.committed.id;
    assert.equal(await reassigned(net, sensorID), Result.ok, "told, and cannot");
    assert.deepEqual([net.keys, net.entity?.committed.id, net.entity?.renewal], ["empty", before, true]);
    assert.equal(await net.atGateway("temporaryKey"), "done");
    assert.notDeepEqual(net.entity?.committed.id, before);
    assert.equal(net.entity?.renewal, undefined);
    assert.equal(outcome(await net.join()), "joined");
  });
});
