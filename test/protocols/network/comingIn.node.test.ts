import assert from "node:assert/strict";
import { hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import { Family } from "../../support/family.js";
import { alice, bob, outcome } from "../../support/network.js";
import { sensor } from "../../support/noUI.js";
import { unlessFew } from "../../support/sampled.js";

const rooms = ["kitchen", "hall", "cellar", "garden"];
const specs = (count: number) => rooms.slice(0, count).map((id) => Family.spec(id));

/** Whether a message of `from` arrives at `to`. */
async function reaches(net: Family, from: string, to: string): Promise<boolean> {
  const text = `${from} to ${to} at ${net.clock.now()}`;
  net.command(from, { kind: "sendToMember", to: net.id(to), text });
  await net.pass(5);
  return net.said.get(to)?.some((one) => one.kind === "message" && one.text === text) === true;
}

async function together(net: Family, ids: readonly string[]): Promise<void> {
  for (const id of ids) assert.deepEqual(net.members(id), [...ids].sort(), id);
  for (const from of ids) {
    for (const to of ids) if (from !== to) assert.ok(await reaches(net, from, to), `${from} to ${to}`);
    const sent = await net.run({ kind: "sendToServer", text: "here" }, net.of(from));
    assert.equal(outcome(sent), "message", from);
  }
}

const start = (net: Family, id: string, alias?: string): void =>
  net.command(id, { kind: "createPN", who: "all", ...(alias && { alias }) });

const atServer = (net: Family) => net.network.serverStore.all("members").map(([, one]) => one);
const networks = (net: Family): number[] =>
  net.network.gateway.view.pns.map((pn) => pn.members.length).sort();
const sizes = (net: Family): number[] =>
  net.network.serverStore
    .rows()
    .pns.map(([, pn]) => pn.size)
    .sort();

/** The kitchen is in a network alone; the others are switched on afterwards, each in none. */
async function alone(count: number, alias?: string, more = specs(count)): Promise<Family> {
  const net = await new Family(more).ready();
  for (const { id } of more.slice(1)) net.of(id).powerOff();
  await net.pass(5);
  start(net, "kitchen", alias);
  await net.pass(10);
  assert.deepEqual(net.members("kitchen"), ["kitchen"]);
  return net;
}

async function comesIn(net: Family, id: string): Promise<void> {
  net.of(id).powerOn();
  await net.pass(10);
  start(net, id);
  await net.pass(8);
}

describe("a device that comes into the network that is there (PNI-01, PNI-05, PNI-14)", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("is in it after one wish, a second and a third, and everybody reaches everybody", async () => {
    const net = await alone(4, "Home");
    const asked = net.kinds("kitchen");
    for (let inside = 2; inside <= 4; inside++) {
      const id = rooms[inside - 1] as string;
      await comesIn(net, id);
      await together(net, rooms.slice(0, inside));
      assert.equal(net.of(id).pne?.view.pn?.alias, "Home");
      assert.deepEqual([networks(net), sizes(net), atServer(net).length], [[inside], [inside], inside]);
    }
    const said = net.kinds("kitchen").slice(asked.length);
    assert.deepEqual(
      said.filter((kind) => kind !== "message" && kind !== "sent"),
      [],
      "nobody is asked or told",
    );
    assert.equal(net.of("kitchen").pne?.view.pn?.secure, true);
    assert.ok(atServer(net).every((one) => one.returning === undefined));
  });

  it("is in it on PANs that are secure by themselves, where no LocalEUKey is kept (LEU-04)", async () => {
    const net = await alone(
      3,
      undefined,
      specs(3).map((spec) => ({ ...spec, secure: true })),
    );
    for (const id of ["hall", "cellar"]) await comesIn(net, id);
    await together(net, rooms.slice(0, 3));
  });

  it("is in one with those who start one at the same moment, a moment later, or meanwhile", async () => {
    for (const wait of [0, 0.3, 0.6, 1, 2, 4, 8]) {
      const net = await new Family(specs(3)).ready();
      start(net, "kitchen");
      await net.pass(wait);
      start(net, "hall");
      await net.pass(wait);
      start(net, "cellar");
      await net.pass(70);
      assert.deepEqual(networks(net), [3], `after ${wait} s`);
      for (const id of rooms.slice(0, 3))
        assert.deepEqual(net.members(id), ["cellar", "hall", "kitchen"], id);
    }
  }).timeout(60_000);

  it("may end it for everybody, as who has started it may, also after the PN GW's loss of power", async () => {
    for (const [who, restart] of [
      ["hall", false],
      ["hall", true],
      ["kitchen", true],
    ] as const) {
      const net = await alone(2);
      await comesIn(net, "hall");
      if (restart) {
        net.network.restartGateway();
        await net.pass(30);
      }
      await together(net, ["kitchen", "hall"]);
      net.command(who, { kind: "dissolvePN" });
      await net.pass(8);
      assert.deepEqual([net.members("kitchen"), net.members("hall")], [undefined, undefined]);
      assert.deepEqual([networks(net), atServer(net)], [[], []]);
    }
  });

  it("brings those with it that are here and in none, as one that starts a network does", async () => {
    const net = await alone(4, "Home");
    for (const id of ["hall", "cellar", "garden"]) net.of(id).powerOn();
    await net.pass(10);
    start(net, "hall");
    await net.pass(5);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"], "it waits for nobody");
    const asked = net.said.get("cellar")?.find((one) => one.kind === "invited");
    assert.ok(asked?.kind === "invited" && asked.from === "hall" && asked.alias === "Home");
    net.command("cellar", { kind: "acceptInvitation" });
    net.command("garden", { kind: "declineInvitation" });
    await net.pass(10);
    await together(net, ["kitchen", "hall", "cellar"]);
    assert.equal(net.members("garden"), undefined);
    start(net, "garden");
    await net.pass(8);
    await together(net, rooms);
  });

  it("finds the member that was away, which hears of it when it is back", async () => {
    const net = await alone(3);
    await comesIn(net, "hall");
    net.network.setRange(net.of("hall"), false);
    await net.pass(8);
    await comesIn(net, "cellar");
    assert.deepEqual(net.members("cellar"), ["cellar", "hall", "kitchen"]);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
    net.network.setRange(net.of("hall"), true);
    await net.pass(40);
    await together(net, ["kitchen", "hall", "cellar"]);
  });

  it("is known to all after the PN GW's loss of power before they have heard of it", async () => {
    const net = await alone(3);
    await comesIn(net, "hall");
    net.network.setRange(net.of("hall"), false);
    await net.pass(8);
    await comesIn(net, "cellar");
    net.network.restartGateway();
    net.network.setRange(net.of("hall"), true);
    await net.pass(60);
    await together(net, ["kitchen", "hall", "cellar"]);
  });

  it("comes in again after it has left or was reset, and its messages are new ones", async () => {
    const net = await alone(2);
    await comesIn(net, "hall");
    for (const how of ["leavePN", "power", "factoryReset"] as const) {
      if (how === "power") net.of("hall").powerOff();
      else net.command("hall", { kind: how });
      await net.pass(how === "power" ? 3 : 6);
      if (how === "factoryReset") assert.equal(outcome(await net.enrol(alice, net.of("hall"))), "enrolled");
      if (how === "power") await comesIn(net, "hall");
      else {
        await net.pass(8);
        start(net, "hall");
        // After a reset it has another Entity ID, and nobody waits for the former one any longer.
        await net.pass(how === "factoryReset" ? 150 : 30);
      }
      await together(net, ["kitchen", "hall"]);
      assert.deepEqual(networks(net), [2], how);
    }
  });

  it("leaves the network for the gateway alone as it is: it was wanted so", async () => {
    const net = await new Family(specs(2)).ready();
    net.command("kitchen", { kind: "createPN" });
    await net.pass(8);
    start(net, "hall");
    await net.pass(8);
    assert.deepEqual([net.members("kitchen"), net.members("hall")], [["kitchen"], ["hall"]]);
  });
});

/** At the second wish at the latest both are in one network. */
async function inOne(net: Family, where: string): Promise<void> {
  if (net.members("hall") === undefined) {
    start(net, "hall");
    await net.pass(40);
  }
  for (const id of ["kitchen", "hall"])
    assert.deepEqual(net.members(id), ["hall", "kitchen"], `${id} after ${where}`);
  assert.deepEqual(networks(net), [2]);
}

describe("what comes between while a device comes in", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("takes nobody's network: the link of any of them lost at any fragment", async () => {
    for (const victim of ["kitchen", "hall"]) {
      for (let fragment = 1; fragment < 26; fragment += 2) {
        const net = await alone(2);
        net.of("hall").powerOn();
        await net.pass(10);
        let seen = 0;
        net.onFragment = (device) => {
          if (device.id !== victim || ++seen < fragment) return;
          net.onFragment = undefined;
          net.network.dropLink(net.of(victim));
        };
        start(net, "hall");
        await net.pass(60);
        net.onFragment = undefined;
        assert.ok(net.members("kitchen")?.includes("kitchen"), `${victim}, fragment ${fragment}`);
        await inOne(net, `${victim}, fragment ${fragment}`);
      }
    }
  }).timeout(240_000);

  it("takes nobody's network: the power of any of them lost at any fragment", async () => {
    for (const victim of ["kitchen", "hall", "gateway"]) {
      for (let fragment = 2; fragment < 26; fragment += 4) {
        const net = await alone(2);
        net.of("hall").powerOn();
        await net.pass(10);
        let seen = 0;
        net.onFragment = () => {
          if (++seen < fragment) return;
          net.onFragment = undefined;
          if (victim === "gateway") return net.network.restartGateway();
          net.of(victim).powerOff();
          net.of(victim).powerOn();
        };
        start(net, "hall");
        await net.pass(60);
        net.onFragment = undefined;
        await inOne(net, `${victim}, fragment ${fragment}`);
        assert.ok(await reaches(net, "kitchen", "hall"));
      }
    }
  }).timeout(240_000);

  it("takes nobody's network: the Server not reached for a while", async () => {
    const net = await alone(2);
    net.of("hall").powerOn();
    await net.pass(10);
    net.network.backhaul.unreachable = true;
    start(net, "hall");
    await net.pass(40);
    assert.deepEqual([net.members("kitchen"), net.members("hall")], [["kitchen"], undefined]);
    net.network.backhaul.unreachable = false;
    start(net, "hall");
    await net.pass(2);
    // The members' turn comes in two seconds.
    net.network.backhaul.unreachable = true;
    await net.pass(10);
    assert.ok(net.members("kitchen")?.includes("kitchen"));
    net.network.backhaul.unreachable = false;
    await net.pass(40);
    if (net.members("hall") === undefined) start(net, "hall");
    await net.pass(30);
    await together(net, ["kitchen", "hall"]);
  });
});

describe("whose devices come into a network that stands (C-34)", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("are those of who has started it; another's starts his own, and is invited when one of his is asked", async () => {
    const net = await new Family(specs(3)).start();
    for (const id of ["kitchen", "hall"]) {
      assert.equal(outcome(await net.enrol(alice, net.of(id))), "enrolled");
    }
    assert.equal(outcome(await net.enrol(bob, net.of("cellar"))), "enrolled");
    await net.pass(8);
    net.of("hall").powerOff();
    net.of("cellar").powerOff();
    await net.pass(5);
    start(net, "kitchen");
    await net.pass(8);
    net.of("cellar").powerOn();
    await net.pass(10);
    start(net, "cellar");
    await net.pass(10);
    assert.deepEqual([net.members("kitchen"), net.members("cellar")], [["kitchen"], ["cellar"]]);
    net.command("cellar", { kind: "leavePN" });
    await net.pass(10);
    net.of("hall").powerOn();
    await net.pass(10);
    start(net, "hall");
    await net.pass(5);
    assert.ok(net.kinds("cellar").includes("invited"), "he is asked");
    net.command("cellar", { kind: "acceptInvitation" });
    await net.pass(10);
    await together(net, ["kitchen", "hall", "cellar"]);
    // His yes was to her network: a second device of hers comes in, one more of his does not by itself.
    net.command("hall", { kind: "leavePN" });
    await net.pass(10);
    start(net, "hall");
    await net.pass(8);
    await together(net, ["kitchen", "hall", "cellar"]);
    net.command("cellar", { kind: "leavePN" });
    await net.pass(10);
    start(net, "cellar");
    await net.pass(10);
    assert.deepEqual(net.members("cellar"), ["cellar"]);
    assert.deepEqual(networks(net), [1, 2]);
  });

  /** The kitchen and the cellar are Alice's, the hall is Bob's; all are there, and in none. */
  async function twoOwners(): Promise<Family> {
    const net = await new Family(specs(3)).start();
    for (const [id, user] of [
      ["kitchen", alice],
      ["cellar", alice],
      ["hall", bob],
    ] as const) {
      assert.equal(outcome(await net.enrol(user, net.of(id))), "enrolled");
    }
    await net.pass(8);
    return net;
  }

  it("is not another's who has said no to it, and starts his own while others are still asked", async () => {
    for (const wait of [0.5, 3, 8, 20]) {
      const net = await twoOwners();
      start(net, "kitchen");
      await net.pass(2);
      net.command("hall", { kind: "declineInvitation" });
      await net.pass(wait);
      start(net, "hall");
      await net.pass(75);
      assert.deepEqual([net.members("kitchen"), net.members("hall")], [["kitchen"], ["hall"]], `${wait} s`);
    }
  });

  it("are another's, too, where both wish for one at the same moment: who wishes says yes to who is asking (ADR 17)", async () => {
    const net = await twoOwners();
    start(net, "kitchen");
    start(net, "hall");
    await net.pass(3);
    net.command("cellar", { kind: "declineInvitation" });
    await net.pass(10);
    await together(net, ["kitchen", "hall"]);
  });

  it("are at most 32; the next one starts another network", async () => {
    const many = Array.from({ length: 34 }, (_, i) => Family.spec(i === 0 ? "kitchen" : `room${i}`));
    const net = await new Family(many).ready();
    start(net, "kitchen");
    await net.pass(3);
    for (const { id } of many.slice(1, 31)) net.command(id, { kind: "acceptInvitation" });
    for (const { id } of many.slice(31)) net.command(id, { kind: "declineInvitation" });
    await net.pass(20);
    assert.deepEqual(networks(net), [31]);
    for (const { id } of many.slice(31)) {
      start(net, id);
      await net.pass(10);
    }
    for (const { id } of many.slice(32)) net.command(id, { kind: "acceptInvitation" });
    await net.pass(60);
    assert.deepEqual(
      [networks(net), sizes(net)],
      [
        [2, 32],
        [2, 32],
      ],
    );
    for (const { id } of many.slice(0, 32)) assert.equal(net.members(id)?.length, 32, id);
  }).timeout(120_000);
});

describe("a network that stands for months (PNI-06, GWA-02)", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  const lifetime = Seconds(48 * 3600);
  const day = 24 * 3600;

  it("gets its members other LocalEUKeys before theirs are over, and nobody notices", async () => {
    const net = await new Family(specs(3), { limits: { records: 100_000, lifetime } }).ready();
    start(net, "kitchen");
    await net.pass(2);
    for (const id of ["hall", "cellar"]) net.command(id, { kind: "acceptInvitation" });
    await net.pass(8);
    const said = net.kinds("hall");
    for (let days = 0; days < 45; days += 5) {
      await net.pass(5 * day);
      // One that is away now and then comes back by its key.
      net.network.setRange(net.of("cellar"), false);
      await net.pass(60);
      net.network.setRange(net.of("cellar"), true);
      await net.pass(60);
      for (const id of rooms.slice(0, 3)) {
        assert.deepEqual(net.members(id), ["cellar", "hall", "kitchen"], `${id} after ${days + 5} days`);
      }
    }
    assert.deepEqual(net.kinds("hall"), said);
    await together(net, ["kitchen", "hall", "cellar"]);
  }).timeout(120_000);

  it("does so too at a PN GW whose calendar never was set, and after its loss of power", async () => {
    const gatewayAhead = Milliseconds(5_000 - new Family([]).clock.now());
    const net = await new Family(specs(2), { gatewayAhead, limits: { records: 100_000, lifetime } }).ready();
    start(net, "kitchen");
    await net.pass(2);
    net.command("hall", { kind: "acceptInvitation" });
    await net.pass(8);
    for (let days = 0; days < 45; days += 5) {
      await net.pass(5 * day);
      if (days === 20) net.network.restartGateway();
      await net.pass(60);
      assert.deepEqual(net.members("hall"), ["hall", "kitchen"], `after ${days + 5} days`);
    }
    await together(net, ["kitchen", "hall"]);
  }).timeout(120_000);
});

describe("an offer that nobody has taken up", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("is kept no longer than it is good for: two minutes (C-16)", async () => {
    const net = await alone(2);
    await comesIn(net, "hall");
    net.network.setRange(net.of("kitchen"), false);
    net.of("hall").powerOff();
    let seen = 0;
    net.onFragment = (device) => {
      if (device.id === "hall" && ++seen === 6) net.network.setRange(net.of("hall"), false);
    };
    net.of("hall").powerOn();
    await net.pass(20);
    net.onFragment = undefined;
    assert.ok(atServer(net).some((one) => one.returning !== undefined));
    net.network.setRange(net.of("kitchen"), true);
    await net.pass(100);
    assert.equal(
      outcome(await net.run({ kind: "sendToServer", text: "here" }, net.of("kitchen"))),
      "message",
    );
    await net.pass(60);
    net.network.setRange(net.of("hall"), true);
    await net.pass(30);
    start(net, "hall");
    await net.pass(20);
    await together(net, ["kitchen", "hall"]);
    assert.ok(atServer(net).every((one) => one.returning === undefined));
  });
});

describe("the PN GW's own user, who wants all in a network (GWI-01)", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  const create = (net: Family): void => net.network.gateway.command({ kind: "createPN", who: "all" });

  it("invites into the one that it has started before, a device without keypad, too", async () => {
    const net = await new Family([...specs(2), sensor]).start();
    for (const id of ["kitchen", "hall"]) {
      assert.equal(outcome(await net.enrol(alice, net.of(id))), "enrolled");
    }
    net.of("hall").powerOff();
    net.of("sensor").powerOff();
    await net.pass(10);
    create(net);
    await net.pass(2);
    net.command("kitchen", { kind: "acceptInvitation" });
    await net.pass(8);
    assert.deepEqual(net.members("kitchen"), ["kitchen"]);
    net.of("hall").powerOn();
    await net.pass(10);
    create(net);
    await net.pass(2);
    net.command("hall", { kind: "acceptInvitation" });
    await net.pass(10);
    await together(net, ["kitchen", "hall"]);
    assert.deepEqual(networks(net), [2]);
    assert.deepEqual(
      atServer(net)
        .map((one) => hex(one.entityID))
        .sort(),
      [net.id("kitchen"), net.id("hall")].sort(),
    );
  });
});
