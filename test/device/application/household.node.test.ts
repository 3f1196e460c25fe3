import assert from "node:assert/strict";
import { fromHex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { Result } from "../../../src/codec/results.js";
import type { Sender, Topic, Value } from "../../../src/device/application/application.js";
import { post } from "../../../src/pne/posting.js";
import { encodeTopicMessage } from "../../../src/protocols/topics/message.js";
import { Family } from "../../support/family.js";
import { lampTopic, Probe, temperature } from "../../support/probe.js";

const switches: Topic = { ...lampTopic, direction: "offers" };
const patient = Object.freeze({ within: 120_000 });
const rings: Topic = { name: "ring", kind: "event", direction: "both" };

/** So many, of this length; the first two have units of 8 and of `unit` letters. */
const topics = (count: number, length: number, unit = 0): Topic[] =>
  Array.from({ length: count }, (_, n): Topic => {
    const name = `${n}`.padEnd(length, "x");
    return unit === 0 || n > 1
      ? { ...lampTopic, name }
      : { ...lampTopic, name, kind: "number", unit: "u".repeat(n === 0 ? 8 : unit) };
  });

/** Kitchen: thermometer and switch; hall: lamp; cellar without an application. */
async function household(options: ConstructorParameters<typeof Family>[1] = {}) {
  const kitchen = new Probe(temperature, switches, rings);
  const hall = new Probe(lampTopic, rings);
  const net = new Family(
    [
      Family.spec("kitchen", { application: () => kitchen }),
      Family.spec("hall", { application: () => hall }),
      Family.spec("cellar"),
    ],
    { poll: true, ...options },
  );
  await net.ready();
  await net.together("kitchen", ["hall", "cellar"]);
  return { net, kitchen, hall };
}

describe("applications of devices in one PN", () => {
  it("know from contents in the inventory what the others offer and understand (C-30)", async () => {
    const { net, kitchen, hall } = await household();
    assert.deepEqual(
      hall.context.members.map(({ name, topics }) => [name, topics]),
      [
        ["kitchen", kitchen.contents],
        ["cellar", []],
      ],
    );
    const topics = new Map(net.of("hall").pne?.view.pn?.members.map(({ name, topics }) => [name, topics]));
    assert.equal(topics.get("kitchen"), "temperature, lamp, ring");
    const [pn] = net.network.gateway.view.pns;
    const kitchens = pn?.members.find(({ name }) => name === "kitchen");
    assert.deepEqual(kitchens?.topics, kitchen.contents);
    assert.deepEqual(await net.network.server.topics(fromHex(net.id("kitchen"))), kitchen.contents);
    assert.deepEqual([kitchen.states, hall.states], [["here"], ["here"]]);
  });

  for (const [what, contents, told] of [
    ["eight topics", topics(8, 16), 8],
    ["nine topics", topics(9, 2), 0],
    ["topics of 200 octets", topics(8, 16, 3), 8],
    ["topics of 201 octets", topics(8, 16, 4), 0],
  ] as const)
    it(`with ${what} ${told > 0 ? "are known to all" : "are stopped, and their device is a member without topics"} (C-30)`, async () => {
      const specs = [
        Family.spec("kitchen", { application: () => new Probe(...contents) }),
        Family.spec("hall", { application: () => new Probe(temperature) }),
      ];
      const net = await new Family(specs).ready();
      await net.together("kitchen", ["hall"]);
      const [pn] = net.network.gateway.view.pns;
      const kitchen = pn?.members.find(({ name }) => name === "kitchen");
      assert.equal(kitchen?.topics.length, told);
      const [known] = net.of("hall").pne?.view.pn?.members ?? [];
      assert.deepEqual(known?.topics?.split(", ").length ?? 0, told);
      assert.equal((await net.network.server.topics(fromHex(net.id("kitchen"))))?.length, told);
      assert.equal(
        net.log.filter((line) => /^kitchen application\.stopped/.test(line)).length,
        told > 0 ? 0 : 1,
      );
    });

  it("send readings to the PN GW and, end to end, to the Server (C-30)", async () => {
    const { net, kitchen } = await household();
    kitchen.send("gateway", "temperature", 21.5);
    kitchen.send("server", "temperature", -3.25);
    await net.pass(2);
    assert.deepEqual(kitchen.ended, [undefined, undefined]);
    const from = net.id("kitchen");
    assert.deepEqual(
      net.told.map((one) => [one.at, one.from, one.topic, one.value]),
      [
        ["gateway", from, "temperature", 21.5],
        ["server", from, "temperature", -3.25],
      ],
    );
    const [pn] = net.network.gateway.view.pns;
    const kitchens = pn?.members.find(({ name }) => name === "kitchen");
    assert.equal(kitchens?.topics.find(({ name }) => name === "temperature")?.value, 21.5);
  });

  it("send to all who understand the topic, and are told that it has arrived", async () => {
    const { net, kitchen, hall } = await household();
    kitchen.send("all", "lamp", true);
    await net.pass(2);
    assert.deepEqual(kitchen.ended, [undefined]);
    assert.deepEqual(hall.heard, [{ from: { member: net.id("kitchen") }, topic: "lamp", value: true }]);
    assert.deepEqual(
      net.told.map(({ at, value }) => [at, value]),
      [["gateway", true]],
    );
  });

  it("take what PN GW and Server send, which are told what cannot be", async () => {
    const { net, hall } = await household();
    const [pn] = net.network.gateway.view.pns;
    const codes: (string | undefined)[] = [];
    for (const [topic, value] of [
      ["lamp", true],
      ["lamp", 3],
      ["oven", true],
    ] as const) {
      net.network.gateway.command(
        { kind: "sendTopic", pn: pn?.id ?? "", to: net.id("hall"), topic, value },
        (outcome) => codes.push("error" in outcome ? outcome.error.code : undefined),
      );
      await net.pass(1);
    }
    assert.deepEqual(codes, [undefined, "topic.kind", "topic.unknown"]);
    const said = net.network.server.sendTopic(fromHex(net.id("hall")), "lamp", false);
    await net.pass(3);
    assert.equal(await said, Result.ok);
    assert.deepEqual(
      hall.heard.map(({ from, value }) => [from, value]),
      [
        ["gateway", true],
        ["server", false],
      ],
    );
    await assert.rejects(
      net.network.server.sendTopic(fromHex(net.id("hall")), "temperature", 1),
      /topic\.unknown/,
    );
  });

  it("go on with plain hellos beside them, as people say them", async () => {
    const { net } = await household();
    net.command("cellar", { kind: "sendToMember", to: net.id("hall"), text: "Hello!" });
    await net.pass(2);
    assert.deepEqual(net.kinds("hall").slice(-1), ["message"]);
    net.command("hall", { kind: "sendToServer", text: "Hello, Server!" });
    await net.pass(2);
    assert.ok(
      net.notices.some((notice) => notice.kind === "message" && notice.text === "Server got: Hello, Server!"),
    );
  });

  it("hear the name of each refusal: who does not list a topic, what is none of its kind, who is not there", async () => {
    const { net, kitchen } = await household();
    kitchen.send({ member: net.id("hall") }, "temperature", 20);
    kitchen.send("gateway", "pressure", 20);
    kitchen.send("gateway", "temperature", "warm");
    kitchen.send({ member: "00" }, "temperature", 20);
    kitchen.send({ member: net.id("cellar") }, "lamp", true);
    await net.pass(3);
    assert.deepEqual(kitchen.ended, [
      "topic.unknown",
      "topic.unknown",
      "topic.kind",
      "result.noRoute",
      "result.notListed",
    ]);
  });
});

describe("a link that is lost while applications send", () => {
  it("loses, doubles and reorders nothing, wherever it is cut", async () => {
    const { net, kitchen, hall } = await household();
    const events = ["a", "b", "c", "d", "e", "f"];
    let fragments = 0;
    // The link of one or the other goes at fragments of its messages and of their acknowledgements.
    net.onFragment = (device) => {
      fragments++;
      if (fragments % 7 === 0) net.network.dropLink(device);
    };
    for (const event of events) kitchen.send({ member: net.id("hall") }, "ring", event, patient);
    await net.pass(200);
    assert.deepEqual(
      kitchen.ended,
      events.map(() => undefined),
    );
    assert.deepEqual(hall.values("ring"), events);
    assert.ok(kitchen.states.includes("away") || hall.states.includes("away"));
  });

  it("gives a message up by name when its time is over", async () => {
    const { net, kitchen } = await household();
    net.network.setRange(net.of("kitchen"), false);
    await net.pass(10);
    kitchen.send("gateway", "temperature", 1, { within: 5_000 });
    kitchen.send("gateway", "ring", "press", patient);
    await net.pass(6);
    assert.deepEqual(kitchen.ended, ["topic.late"]);
    net.network.setRange(net.of("kitchen"), true);
    await net.pass(30);
    assert.deepEqual(kitchen.ended, ["topic.late", undefined]);
    assert.deepEqual(
      net.told.map(({ topic, value }) => [topic, value]),
      [["ring", "press"]],
    );
  });

  it("drops everything by name when the network is left, and counts anew in the next one", async () => {
    const { net, kitchen } = await household();
    kitchen.send("gateway", "temperature", 1);
    await net.pass(2);
    kitchen.send("gateway", "temperature", 2);
    net.command("kitchen", { kind: "leavePN" });
    await net.pass(10);
    kitchen.send("gateway", "temperature", 3);
    await net.pass(1);
    assert.deepEqual(kitchen.ended.slice(-1), ["pn.notMember"]);
    assert.equal(kitchen.states.at(-1), "none");
    net.command("kitchen", { kind: "createPN" });
    await net.pass(10);
    kitchen.send("gateway", "temperature", 4);
    await net.pass(2);
    assert.equal(kitchen.ended.at(-1), undefined);
    assert.equal(net.told.at(-1)?.value, 4);
  });
});

describe("a member that floods", () => {
  it("is told so by name and logged once, while another's message gets through", async () => {
    const { net, kitchen, hall } = await household({ interval: Milliseconds(8), latency: Milliseconds(0) });
    for (let n = 0; n < 200; n++) {
      kitchen.send("gateway", "ring", `n${n}`, { within: 2_000 });
      await net.clock.runFor(Milliseconds(20));
    }
    hall.send("gateway", "lamp", true);
    await net.pass(5);
    assert.equal(hall.ended[0], undefined);
    const floods = net.log.filter((line) => line.includes("pn.flood"));
    assert.ok(floods.length >= 1 && floods.length < 60, `${floods.length}`);
    assert.ok(kitchen.ended.some((code) => code === "result.busy" || code === "topic.dropped"));
  });
});

describe("a device that says what its firmware would not", () => {
  /** Past the checks of its own runtime; what comes of it. */
  async function said(net: Family, id: string, to: Sender, payload: Uint8Array): Promise<string | undefined> {
    const codes: (string | undefined)[] = [];
    const { pne } = net.of(id);
    assert.ok(pne);
    post(pne.core, to, payload, (outcome) => {
      codes.push("error" in outcome ? outcome.error.code : "arrived");
    });
    await net.pass(3);
    assert.equal(codes.length, 1);
    return codes[0];
  }
  const message = (topic: string, value: Value, number = 1): Uint8Array =>
    encodeTopicMessage({ number, topic, value });

  it("is refused by name: topics that it does not list, values of another kind, and what is no message", async () => {
    const { net } = await household();
    const hall = { member: net.id("hall") };
    for (const [id, payload, code] of [
      ["cellar", message("temperature", 20), "result.notListed"],
      ["kitchen", message("oven", true), "result.notListed"],
      ["kitchen", message("temperature", "warm"), "result.notListed"],
      ["kitchen", Uint8Array.of(0x83, 0xff), "result.protocol"],
    ] as const) {
      for (const to of ["gateway", "server"] as const) {
        assert.equal(await said(net, id, to, payload), code, `${id} to ${to}`);
      }
    }
    assert.equal(await said(net, "kitchen", hall, message("temperature", 20)), "result.notListed");
    assert.equal(await said(net, "kitchen", hall, message("lamp", 3)), "result.notListed");
    assert.equal(await said(net, "kitchen", hall, Uint8Array.of(0x84, 1)), "result.protocol");
    assert.deepEqual(net.told, []);
    assert.equal(await said(net, "kitchen", "gateway", message("temperature", 20)), "arrived");
  });

  it("is heard once, however often it says the same, and never out of order", async () => {
    const { net, hall } = await household();
    const to = { member: net.id("hall") };
    for (const number of [2, 2, 1, 3]) {
      for (const one of ["gateway", "server", to] as const) {
        assert.equal(await said(net, "kitchen", one, message("ring", `n${number}`, number)), "arrived");
      }
    }
    assert.deepEqual(hall.values("ring"), ["n2", "n3"]);
    for (const at of ["gateway", "server"]) {
      assert.deepEqual(
        net.told.filter((one) => one.at === at).map(({ value }) => value),
        ["n2", "n3"],
      );
    }
  });
});

describe("a power cut in the middle of sending", () => {
  it("leaves the others as they were; the device is back, and what it says is heard, however often", async () => {
    const { net, kitchen, hall } = await household();
    for (let n = 0; n < 5; n++) kitchen.send({ member: net.id("hall") }, "ring", `n${n}`, patient);
    await net.clock.runFor(Milliseconds(100));
    net.of("kitchen").powerOff();
    await net.pass(10);
    const heard = hall.values("ring");
    assert.deepEqual(heard, ["n0", "n1", "n2", "n3", "n4"].slice(0, heard.length));
    for (let round = 0; round < 3; round++) {
      net.of("kitchen").powerOff();
      net.of("kitchen").powerOn();
      await net.pass(12);
      assert.equal(kitchen.context.state, "here");
      net.told.length = 0;
      for (const to of [{ member: net.id("hall") }, "gateway", "server"] as const) {
        kitchen.send(to, "ring", `r${round}`, patient);
        kitchen.send(to, "ring", `a${round}`, patient);
      }
      await net.pass(5);
      assert.deepEqual(hall.values("ring").slice(-2), [`r${round}`, `a${round}`]);
      for (const at of ["gateway", "server"] as const) {
        const values = net.told.filter((one) => one.at === at).map(({ value }) => value);
        assert.deepEqual(values, [`r${round}`, `a${round}`], at);
      }
    }
    hall.send("gateway", "lamp", true);
    await net.pass(2);
    assert.equal(hall.ended.at(-1), undefined);
  });
});

describe("an application that throws", () => {
  it("is stopped and shown, and takes nothing with it", async () => {
    const { net, kitchen, hall } = await household();
    hall.fails = true;
    kitchen.send({ member: net.id("hall") }, "lamp", true);
    await net.pass(2);
    assert.equal(hall.stops, 1);
    assert.ok(net.kinds("hall").includes("application.stopped"));
    // Its person is told, and finds the reason on its page.
    assert.equal(net.of("hall").screen.id, "error");
    for (const key of ["C", "C", "A", "A", "A", "A", "A", "A"] as const) {
      if (net.of("hall").screen.menu?.items[0] === "Probe" && net.of("hall").screen.menu?.selected === 0)
        break;
      net.of("hall").press({ kind: "matrix", key });
      await net.pass(1);
    }
    net.of("hall").press({ kind: "matrix", key: "D" });
    await net.pass(1);
    assert.equal(net.of("hall").screen.id, "application");
    assert.match(net.of("hall").screen.lines.join(" "), /of the application/);
    hall.send("gateway", "lamp", true);
    kitchen.send({ member: net.id("hall") }, "lamp", true);
    net.command("hall", { kind: "sendToServer", text: "still here" });
    await net.pass(3);
    assert.deepEqual(hall.ended, [], "it hears of nothing any more");
    assert.equal(kitchen.ended.at(-1), "result.notListed");
    assert.ok(net.notices.some((notice) => notice.kind === "message" && notice.text.includes("still here")));
  });
});

describe("an application's calendar time on a device whose clock counts from its start", () => {
  const calendar = Milliseconds(1_800_000_000_000);
  const hour = 3600;
  /** Server and PN GW have a calendar, the devices have none. */
  const beginning = async () => {
    const kitchen = new Probe(temperature);
    const specs = [Family.spec("kitchen", { application: () => kitchen }), Family.spec("hall")];
    const net = new Family(specs, { poll: true, startsAt: Milliseconds(0), gatewayAhead: calendar });
    net.network.serverAhead = calendar;
    await net.ready();
    return { net, kitchen };
  };
  /** How far it is from the Server's, in seconds. */
  const off = ({ net, kitchen }: Awaited<ReturnType<typeof beginning>>): number => {
    const time = kitchen.context.time();
    assert.ok(time !== undefined);
    return Math.abs(time - (net.clock.now() + net.network.serverAhead) / 1000);
  };

  it("is unknown before it is in a PN, and then the Server's, whose LocalEUKey says when it ends (C-21)", async () => {
    const home = await beginning();
    assert.equal(home.kitchen.context.time(), undefined);
    await home.net.together("kitchen", ["hall"]);
    assert.ok(off(home) < 3, `off by ${off(home)} s`);
    await home.net.pass(5 * hour);
    assert.ok(off(home) < 3, `off by ${off(home)} s after five hours`);
  });

  it("goes on after the network is left, and is there again when the device comes back from a power cut", async () => {
    const home = await beginning();
    await home.net.together("kitchen", ["hall"]);
    home.net.command("kitchen", { kind: "leavePN" });
    await home.net.pass(30);
    assert.ok(off(home) < 3);
    await home.net.together("kitchen", ["hall"]);
    home.net.of("kitchen").powerOff();
    await home.net.pass(3);
    home.net.of("kitchen").powerOn();
    await home.net.pass(30);
    assert.equal(home.kitchen.context.state, "here");
    assert.ok(off(home) < 3);
  });

  it("follows the Server's, when that was set, with the next LocalEUKey", async () => {
    const home = await beginning();
    await home.net.together("kitchen", ["hall"]);
    home.net.network.serverAhead = Milliseconds(calendar + 500_000);
    home.net.command("kitchen", { kind: "leavePN" });
    await home.net.pass(30);
    await home.net.together("kitchen", ["hall"]);
    assert.ok(off(home) < 3, `off by ${off(home)} s`);
  });
});

describe("a PN without applications", () => {
  it("has the same octets as ever in PNEInfo and inventory: contents are absent (C-30)", async () => {
    const net = await new Family([Family.spec("one")]).ready();
    await net.together("one", []);
    const pn = net.network.gateway.pns.pns[0];
    assert.ok(pn !== undefined);
    assert.ok(!Buffer.from(pn.inventory).includes(Buffer.from([0x18, 46])));
    assert.deepEqual(net.network.gateway.view.pns[0]?.members[0]?.topics, []);
  });
});
