import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Result } from "../../src/codec/results.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import type { EUKeyData } from "../../src/keystore/schemas.js";
import { euKeyAssignmentTrigger } from "../../src/protocols/temporaryKey/messages.js";
import { Family } from "../support/family.js";
import { outcome, type TestNetwork } from "../support/network.js";
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
});
