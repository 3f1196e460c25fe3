import assert from "node:assert/strict";
import { ascii, fromHex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Result } from "../../src/codec/results.js";
import { parseRecord } from "../../src/link/record.js";
import { applicationDataNotify } from "../../src/protocols/data/messages.js";
import { Family } from "../support/family.js";
import { alice, bob, outcome, TestNetwork } from "../support/network.js";

const two = ["kitchen", "hall"].map((id) => Family.spec(id));

async function together(): Promise<Family> {
  const net = await new Family(two, { poll: true }).ready();
  await net.together("kitchen", ["hall"]);
  assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
  return net;
}

const logged = (net: TestNetwork, start: string): number =>
  net.log.filter((line) => line.startsWith(start)).length;

/** What comes of something while time goes on. */
async function settled<T>(net: TestNetwork, work: Promise<T>): Promise<T> {
  let value: { readonly of: T } | undefined;
  void work.then((of) => {
    value = { of };
  });
  await net.clock.runWhile(() => value === undefined, Milliseconds(120_000));
  return value === undefined ? assert.fail("nothing came of it") : value.of;
}

describe("a PN GW that keeps a poll open", () => {
  it("asks about twice a minute while there is nothing, and its requests go beside it", async () => {
    const net = await new TestNetwork({ poll: true }).start();
    net.backhaul.length = 0;
    await net.clock.runFor(Milliseconds(300_000));
    const polls = net.backhaul.filter((octets) => octets[0] === 2).length / 2;
    assert.ok(polls >= 11 && polls <= 13, `${polls} polls in five minutes`);
    const from = net.clock.now();
    assert.equal(outcome(await net.enrol()), "enrolled");
    assert.ok(net.clock.now() - from < 6_000);
  });

  it("polls again after the Server was out of reach, and after its session was forgotten", async () => {
    const net = await new TestNetwork({ poll: true }).start();
    net.network.backhaul.unreachable = true;
    await net.clock.runFor(Milliseconds(100_000));
    net.network.backhaul.unreachable = false;
    await net.clock.runFor(Milliseconds(70_000));
    assert.ok(net.network.gateway.view.server.authenticated);
    await net.network.serverStore.transaction(async ({ gatewaySessions }) => {
      for (const { key } of await gatewaySessions.page("", 10)) await gatewaySessions.delete(key);
    });
    net.backhaul.length = 0;
    await net.clock.runFor(Milliseconds(70_000));
    assert.ok(net.backhaul.some((octets) => octets[0] === 2));
  });
});

describe("a User who is removed at the Server", () => {
  it("has his devices out of their PNs, and away from the PN GW, within a minute", async () => {
    const net = await together();
    await net.network.server.removeUser(ascii(alice.userID));
    await net.pass(10);
    for (const id of ["kitchen", "hall"]) assert.equal(net.members(id), undefined, id);
    assert.deepEqual(net.network.gateway.view.pns, []);
    assert.ok(net.network.gateway.view.devices.every(({ pn }) => pn === undefined));
  });

  it("has them out as soon as their PN GW is back, when it was away", async () => {
    const net = await together();
    net.network.backhaul.unreachable = true;
    await net.network.server.removeUser(ascii(alice.userID));
    await net.pass(60);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
    net.network.backhaul.unreachable = false;
    await net.pass(70);
    assert.equal(net.members("hall"), undefined);
  });

  it("is out of the PN as a device that was released, too, and another User may have it then", async () => {
    const net = await together();
    await net.network.server.releaseDevice(fromHex(net.id("hall")));
    await net.pass(60);
    assert.equal(net.members("hall"), undefined);
    assert.deepEqual(net.members("kitchen"), ["kitchen"]);
    assert.equal(outcome(await net.run({ kind: "createPN" }, net.of("hall"))), "pn.notTrusted");
    assert.equal(outcome(await net.enrol(bob, net.of("hall"))), "enrolled");
    assert.equal(outcome(await net.run({ kind: "createPN" }, net.of("hall"))), "joined");
  });

  it("takes nobody else with him", async () => {
    const net = await new Family([Family.spec("kitchen"), Family.spec("guest")], { poll: true }).start();
    await net.enrol(alice, net.of("kitchen"));
    await net.enrol({ userID: "bob", password: "builder" }, net.of("guest"));
    await net.pass(8);
    await net.together("kitchen", ["guest"]);
    await net.network.server.removeUser(ascii("bob"));
    await net.pass(10);
    assert.equal(net.members("guest"), undefined);
    assert.deepEqual(net.members("kitchen"), ["kitchen"]);
  });
});

describe("what the Server tells a PNE unasked", () => {
  const tell = (net: Family, text: string): Promise<Result> =>
    settled(net, net.network.server.send(fromHex(net.id("hall")), ascii(text)));
  const heard = (net: Family): string[] =>
    (net.said.get("hall") ?? []).flatMap((notice) =>
      notice.kind === "message" && notice.from === "server" ? [notice.text] : [],
    );

  it("arrives once, and who has sent it is told so", async () => {
    const net = await together();
    assert.equal(await tell(net, "dinner is ready"), Result.ok);
    assert.equal(await tell(net, "now"), Result.ok);
    assert.deepEqual(heard(net), ["dinner is ready", "now"]);
    await net.pass(60);
    assert.equal(heard(net).length, 2);
    assert.equal(await net.network.serverStore.size("pushes"), 0, "nothing is left of it");
  });

  it("arrives once when the answer to the poll, or the report, is lost", async () => {
    for (const which of [1, 2, 3]) {
      const net = await together();
      let seen = 0;
      const begun = parseRecord(net.backhaul.at(-1) as Uint8Array)?.counter ?? 0;
      net.network.backhaul.tamper = (octets, direction) => {
        const counter = parseRecord(octets)?.counter ?? 0;
        if (counter < begun || direction === "toServer") return octets;
        return ++seen === which ? [] : octets;
      };
      const told = await settled(
        net,
        net.network.server.send(fromHex(net.id("hall")), ascii("once"), Milliseconds(100_000)),
      );
      await net.pass(90);
      assert.deepEqual(heard(net), ["once"], `answer ${which}`);
      assert.equal(told, Result.ok, `answer ${which}`);
    }
  });

  it("is noRoute for a PNE that is in no PN, or out of reach, or whose PN GW is away", async () => {
    const net = await together();
    assert.equal(
      await settled(net, net.network.server.send(ascii("nobody"), ascii("hello"))),
      Result.noRoute,
    );
    net.network.setRange(net.of("hall"), false);
    await net.pass(3);
    assert.equal(await tell(net, "hello"), Result.noRoute);
    net.network.setRange(net.of("hall"), true);
    await net.pass(20);
    net.network.backhaul.unreachable = true;
    assert.equal(await tell(net, "hello"), Result.noRoute);
    net.network.backhaul.unreachable = false;
    await net.pass(90);
    assert.deepEqual(heard(net), [], "it does not arrive later, when nobody expects it");
  });

  it("does not disturb what the PNE asks the Server at the same time", async () => {
    const net = await together();
    const telling = net.network.server.send(fromHex(net.id("hall")), ascii("told"));
    net.command("hall", { kind: "sendToServer", text: "asked" });
    assert.equal(await settled(net, telling), Result.ok);
    await net.pass(20);
    assert.deepEqual(heard(net).sort(), ["Server got: asked", "told"]);
    assert.equal(net.members("hall")?.length, 2);
  });

  it("is not read or made by the PN GW: an altered record is not shown", async () => {
    const net = await together();
    const { gateway } = net.network;
    const [pn] = gateway.pns.pns;
    const member = pn?.members.find(({ entityID }) => entityID.length > 0)?.link ?? assert.fail();
    const payload = new Uint8Array(40).fill(1);
    member.push((exchange) =>
      encodeMessage(applicationDataNotify, exchange, {
        pnID: pn?.pnID ?? new Uint8Array(16),
        origin: ascii("cpns.example"),
        payload,
      }),
    );
    await net.pass(10);
    assert.ok(![...net.said.values()].flat().some((one) => one.kind === "message"));
  });
});

describe("what the PN GW itself says to a member", () => {
  it("arrives, and the person at the PN GW is told so", async () => {
    const net = await together();
    const { gateway } = net.network;
    let told = "nothing";
    const pn = gateway.view.pns[0]?.id ?? assert.fail();
    const command = { kind: "send", pn, to: net.id("hall"), payload: ascii("hello, hall") } as const;
    gateway.command(command, (over) => {
      told = "error" in over ? over.error.code : "done";
    });
    await net.pass(5);
    assert.equal(told, "done");
    const notices = net.said.get("hall") ?? [];
    assert.ok(notices.some((one) => one.kind === "message" && one.from === "gateway"));
    assert.equal(logged(net, "server server.fault"), 0);
  });
});
