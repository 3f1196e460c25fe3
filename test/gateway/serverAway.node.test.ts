import assert from "node:assert/strict";
import { fromHex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { placeOf } from "../../src/server/programs/views.js";
import { Family } from "../support/family.js";
import { outcome } from "../support/network.js";
import { lampTopic, Probe, temperature } from "../support/probe.js";
import { unlessFew } from "../support/sampled.js";

/** Longer than any session. */
const hours = 26 * 3_600;

async function together(names: readonly string[], alias?: string): Promise<Family> {
  const net = await new Family(
    names.map((id) => Family.spec(id)),
    { poll: true },
  ).ready();
  const [first = "", ...others] = names;
  net.command(first, { kind: "createPN", who: "all", ...(alias !== undefined && { alias }) });
  await net.pass(2);
  for (const id of others) net.command(id, { kind: "acceptInvitation" });
  await net.pass(10);
  for (const id of names) assert.equal(net.members(id)?.length, names.length, id);
  return net;
}

const says = async (net: Family, id: string): Promise<string> =>
  outcome(await net.run({ kind: "sendToServer", text: "here" }, net.of(id)));

describe("a Server that is away for longer than any session (GWA-01, PNR-14)", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("ends no PN: all talk to each other meanwhile, and are in it as before when it is back", async () => {
    const names = Array.from({ length: 7 }, (_, i) => `device${i}`);
    const net = await together(names, "Home");
    const [pn] = net.network.gateway.view.pns;
    net.network.backhaul.unreachable = true;
    await net.pass(hours);
    const hello = net.of("device3").pne?.view.entityID ?? "";
    net.command("device1", { kind: "sendToMember", to: hello, text: "hello" });
    await net.pass(30);
    assert.equal(net.kinds("device1").at(-1), "sent");
    const said = net.kinds("device5").length;
    net.network.backhaul.unreachable = false;
    await net.pass(90);
    assert.deepEqual(net.network.gateway.view.pns, [pn]);
    for (const id of names) {
      assert.deepEqual(net.members(id), [...names].sort(), id);
      assert.equal(net.of(id).pne?.view.pn?.alias, "Home", id);
      assert.equal(await says(net, id), "message", id);
      const place = await net.network.serverStore.read((tables) => placeOf(tables, fromHex(net.id(id))));
      assert.ok(place, id);
    }
    assert.ok(!net.log.some((line) => line.includes(" pn.notKept ")));
    assert.equal(await net.network.serverStore.size("pns"), 1);
    assert.equal(await net.network.serverStore.size("members"), names.length);
    assert.equal(net.kinds("device5").length, said + 1, "nobody is told anything that he has not asked for");
  });

  it("keeps no application from talking to the PN GW and to others; to itself it fails by name (C-30)", async () => {
    const kitchen = new Probe(temperature);
    const hall = new Probe(lampTopic);
    const specs = [
      Family.spec("kitchen", { application: () => kitchen }),
      Family.spec("hall", { application: () => hall }),
    ];
    const net = await new Family(specs, { poll: true }).ready();
    await net.together("kitchen", ["hall"]);
    net.network.backhaul.unreachable = true;
    await net.pass(hours);
    for (let n = 1; n <= 30; n++) {
      kitchen.send("gateway", "temperature", n);
      await net.pass(20);
      assert.deepEqual([kitchen.ended.length, kitchen.ended.at(-1)], [n, undefined]);
      assert.equal(net.told.length, n);
    }
    kitchen.send("server", "temperature", -3);
    await net.pass(90);
    assert.equal(kitchen.ended.at(-1), "result.serverUnreachable");
    net.network.backhaul.unreachable = false;
    await net.pass(60);
    kitchen.send("server", "temperature", -3);
    await net.pass(5);
    assert.deepEqual([kitchen.ended.at(-1), net.told.at(-1)?.at], [undefined, "server"]);
  });

  it("and goes away again while they take part anew: they do so when it is back for good", async () => {
    const names = ["kitchen", "hall", "cellar"];
    const net = await together(names);
    net.network.backhaul.unreachable = true;
    await net.pass(hours);
    for (const time of [31, 32, 33, 34, 35, 36]) {
      net.network.backhaul.unreachable = false;
      await net.pass(time);
      net.network.backhaul.unreachable = true;
      await net.pass(7_200);
    }
    net.network.backhaul.unreachable = false;
    await net.pass(60);
    for (const id of names) {
      assert.deepEqual(net.members(id), [...names].sort(), id);
      assert.equal(await says(net, id), "message", id);
    }
  });

  it("and goes away between its word that a session is over and the proof of another: nobody is out", async () => {
    const net = await together(["kitchen", "hall"]);
    net.network.backhaul.unreachable = true;
    await net.pass(hours);
    const heard = (): number =>
      net.log.filter((line) => line.includes('notRenewed {"code":"result.sessionE')).length;
    net.network.backhaul.unreachable = false;
    await net.clock.runWhile(() => heard() === 0, Milliseconds(60_000));
    net.network.backhaul.unreachable = true;
    await net.pass(400);
    assert.ok(!net.log.some((line) => / pn\.(returned|entered) /.test(line)), "none has come in anew");
    net.network.backhaul.unreachable = false;
    await net.pass(60);
    for (const id of ["kitchen", "hall"]) {
      assert.deepEqual(net.members(id), ["hall", "kitchen"], id);
      assert.equal(await says(net, id), "message", id);
    }
  });

  it("nor does one whose clock is set forward by a year, at which a member is away for a while", async () => {
    const net = await together(["kitchen", "hall", "cellar"]);
    net.network.setRange(net.of("cellar"), false);
    net.network.serverAhead = Milliseconds(365 * 86_400_000);
    await net.pass(100);
    net.network.setRange(net.of("cellar"), true);
    await net.pass(4_000);
    for (const id of ["kitchen", "hall", "cellar"]) {
      assert.deepEqual(net.members(id), ["cellar", "hall", "kitchen"], id);
      assert.equal(await says(net, id), "message", id);
    }
  });

  it("and one that was never away, and does not know one of them any more: that one is out (GWA-01, C-12)", async () => {
    const net = await together(["kitchen", "hall", "cellar"]);
    // Without a word to the PN GW, as by another Server's database.
    await net.network.serverStore.transaction(async (tables) => {
      await tables.entities.delete(net.id("cellar"));
    });
    await net.pass(4_000);
    assert.equal(net.members("cellar"), undefined);
    assert.equal(net.kinds("cellar").at(-1), "left");
    for (const id of ["kitchen", "hall"]) {
      assert.deepEqual(net.members(id), ["hall", "kitchen"], id);
      assert.equal(await says(net, id), "message", id);
    }
  });

  it("and that does not want one of them any more: it is out, and is told; the others stay", async () => {
    const net = await together(["kitchen", "hall", "cellar"]);
    net.network.backhaul.unreachable = true;
    await net.pass(hours);
    // Nobody could tell the PN GW: its pushes are gone by now.
    await net.network.serverStore.transaction(async (tables) => {
      await tables.entities.delete(net.id("cellar"));
    });
    net.network.backhaul.unreachable = false;
    await net.pass(150);
    assert.equal(net.members("cellar"), undefined);
    assert.equal(net.kinds("cellar").at(-1), "left");
    for (const id of ["kitchen", "hall"]) {
      assert.deepEqual(net.members(id), ["hall", "kitchen"], id);
      assert.equal(await says(net, id), "message", id);
    }
  });
});

describe("a person who tries again at once whatever he is told", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("does not keep the device from its next session with the Server", async () => {
    const net = await together(["kitchen", "hall"]);
    net.network.serverAhead = Milliseconds(7_200_000);
    const until = net.clock.now() + 3_000;
    let told: string | undefined;
    while (told !== "message" && net.clock.now() < until) {
      const before = net.kinds("hall").length;
      net.command("hall", { kind: "sendToServer", text: "here" });
      await net.clock.runWhile(() => net.kinds("hall").length === before, Milliseconds(60_000));
      told = net.kinds("hall").at(-1);
      await net.clock.runFor(Milliseconds(1));
    }
    assert.equal(told, "message");
  });
});

describe("a PN GW that is without power for the night (C-33)", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("has all of its networks as before a minute after it is back, also where everybody had lost it", async () => {
    const names = ["kitchen", "hall", "cellar"];
    const net = await together(names, "Home");
    const before = net.members("kitchen");
    // The whole house is dark; the cellar runs on a battery.
    net.network.setRange(net.of("cellar"), false);
    for (const id of ["kitchen", "hall"]) net.network.setRange(net.of(id), false);
    const night = net.network.gatewayFlash.snapshot();
    for (const id of ["kitchen", "hall"]) net.of(id).powerOff();
    await net.pass(1);
    for (const id of ["kitchen", "hall"]) net.of(id).powerOn();
    await net.pass(10 * 3_600);
    net.network.gatewayFlash.restore(night);
    net.network.restartGateway();
    for (const id of names) net.network.setRange(net.of(id), true);
    await net.pass(90);
    for (const id of names) {
      assert.deepEqual(net.members(id), before, id);
      assert.equal(await says(net, id), "message", id);
    }
  });
});
