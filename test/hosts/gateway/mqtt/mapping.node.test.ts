import assert from "node:assert/strict";
import { documentsOf } from "../../../../hosts/gateway/mqtt/discovery.js";
import { EventBuffer, oldestEvent } from "../../../../hosts/gateway/mqtt/eventBuffer.js";
import { cleaned, type KeptLevel, LevelBook } from "../../../../hosts/gateway/mqtt/names.js";
import { Retained } from "../../../../hosts/gateway/mqtt/retained.js";
import { payloadOf, readPayload, readValue } from "../../../../hosts/gateway/mqtt/values.js";
import { Milliseconds } from "../../../../src/base/units.js";
import type { GatewayPNView, MemberView, TopicView } from "../../../../src/gateway/ports.js";

const mostEvents = 64;

const topic = (one: Partial<TopicView> & Pick<TopicView, "name" | "kind" | "direction">): TopicView => one;
const member = (id: string, name: string | undefined, ...topics: readonly TopicView[]): MemberView => ({
  id,
  ...(name !== undefined && { name }),
  here: true,
  topics,
});
const home = (...members: readonly MemberView[]): GatewayPNView => ({
  id: "00112233aabbccdd",
  alias: "Home",
  members,
});
const book = (): LevelBook => new LevelBook({ read: () => [], write: () => {} });
const layout = { prefix: "cpns", gateway: "6757", discovery: "homeassistant" };

describe("names of networks and devices in MQTT", () => {
  it("are levels of a-z, 0-9 and -, whatever people call them", () => {
    const named = {
      Küche: "kuche",
      "Haus / + #": "haus",
      "ÀÉÎ õ": "aei-o",
      "../../etc": "etc",
      日本: "",
      "": "",
    };
    for (const [name, level] of Object.entries(named)) assert.equal(cleaned(name), level);
    assert.equal(cleaned(`${"a".repeat(40)}#`).length, 32);
    assert.match(cleaned("$SYS/+/\u0000#_available"), /^[a-z0-9-]*$/);
  });

  it("are told apart by the ids where two are the same or there is none", () => {
    const network = home(
      member("aa01020304", "Lamp"),
      member("bb05060708", "LAMP!"),
      member("cc090a0b0c", "日本"),
      member("dd0d0e0f10", undefined),
      member("ee01020304", "Hall"),
      member("ff05060708", "Lamp 05060708"),
    );
    const bases = book()
      .placed("cpns", [network])
      .map(({ base }) => base.slice("cpns/home/".length));
    assert.deepEqual(bases, [
      "lamp",
      "lamp-05060708",
      "090a0b0c",
      "0d0e0f10",
      "hall",
      "lamp-05060708-05060708",
    ]);
    assert.equal(new Set(bases).size, bases.length);
  });

  it("stand below the prefix, network and device", () => {
    const [one] = book().placed("cpns", [home(member("aa01", "Lamp"))]);
    assert.equal(one?.base, "cpns/home/lamp");
  });

  it("stay with who had them first, whoever comes, goes, or is listed before", () => {
    const names = book();
    const bases = (...members: readonly MemberView[]): readonly string[] =>
      names.placed("cpns", [home(...members)]).map(({ base }) => base.slice("cpns/home/".length));
    const first = member("bb05060708", "Lamp");
    const second = member("aa01020304", "Lamp");
    assert.deepEqual(bases(first), ["lamp"]);
    assert.deepEqual(bases(second, first), ["lamp-01020304", "lamp"]);
    assert.deepEqual(bases(second), ["lamp-01020304"], "the first one is away");
    assert.deepEqual(bases(first, second), ["lamp", "lamp-01020304"]);
    assert.deepEqual(bases(member("bb05060708", "Desk"), second), ["desk", "lamp-01020304"], "renamed");
    assert.deepEqual(bases(member("cc0b0c0d0e", "Lamp"), second), ["lamp", "lamp-01020304"]);
  });

  it("are the same after a restart, and written only when they change", () => {
    let written: readonly KeptLevel[] = [];
    let writes = 0;
    const kept = {
      read: () => written,
      write: (levels: readonly KeptLevel[]) => {
        written = levels;
        writes++;
      },
    };
    const [first, second] = [member("bb05060708", "Lamp"), member("aa01020304", "Lamp")];
    const names = new LevelBook(kept);
    names.placed("cpns", [home(first)]);
    names.placed("cpns", [home(first, second)]);
    names.placed("cpns", [home(second, first)]);
    assert.equal(writes, 2);
    const again = new LevelBook(kept).placed("cpns", [home(second, first)]);
    assert.deepEqual(
      again.map(({ base }) => base),
      ["cpns/home/lamp-01020304", "cpns/home/lamp"],
    );
    assert.equal(writes, 2);
  });

  it("of a network go to the next one of that name once it is over, with those of its devices", () => {
    const names = book();
    const network = (id: string, ...members: readonly MemberView[]) => ({ id, alias: "Home", members });
    const base = (...pns: readonly GatewayPNView[]) => names.placed("cpns", pns).map((one) => one.base);
    const lamp = member("aa01020304", "Lamp");
    assert.deepEqual(base(network("11", lamp)), ["cpns/home/lamp"]);
    assert.deepEqual(base(network("11", lamp), network("2200000000", lamp)), [
      "cpns/home/lamp",
      "cpns/home-00000000/lamp",
    ]);
    assert.deepEqual(base(network("33", member("bb", "Lamp"), lamp)), [
      "cpns/home/lamp-bb",
      "cpns/home/lamp",
    ]);
  });

  it("are forgotten, the oldest first, once there are more than 512", () => {
    let written: readonly KeptLevel[] = [];
    const keep = (levels: readonly KeptLevel[]): void => {
      written = levels;
    };
    const names = new LevelBook({ read: () => [], write: keep });
    for (let i = 0; i < 600; i++) names.placed("cpns", [home(member(`aa${i}`, `Lamp ${i}`))]);
    assert.equal(written.length, 512);
    assert.equal(
      written.some(([key]) => key === "home/aa599"),
      true,
    );
    assert.equal(
      written.some(([key]) => key === "home/aa0"),
      false,
    );
  });
});

describe("events on their way to the broker", () => {
  let now = 0;
  let dropped: string[];
  const buffer = () =>
    new EventBuffer(
      (topic) => void dropped.push(topic),
      () => now,
    );
  const drained = (events: EventBuffer): readonly string[] => {
    const told: string[] = [];
    events.drain((topic, payload) => told.push(`${topic} ${payload}`) > 0);
    return told;
  };

  beforeEach(() => {
    now = 0;
    dropped = [];
  });

  it("keep their order, and wait where it takes no more", () => {
    const events = buffer();
    for (const payload of ["1", "2", "3"]) events.add("ring", payload);
    const told: string[] = [];
    events.drain((_topic, payload) => told.length < 1 && told.push(payload) > 0);
    assert.deepEqual(told, ["1"]);
    assert.deepEqual(drained(events), ["ring 2", "ring 3"]);
    assert.deepEqual(drained(events), []);
  });

  it("are dropped, the oldest first, when more than 64 wait, or after a minute", () => {
    const events = buffer();
    for (let i = 0; i < mostEvents + 2; i++) events.add(`ring${i}`, "ring");
    assert.deepEqual(dropped, ["ring0", "ring1"]);
    now = oldestEvent;
    events.add("late", "ring");
    assert.equal(drained(events).length, mostEvents);
    events.add("early", "ring");
    now += oldestEvent;
    events.add("late", "ring");
    now += 1;
    dropped = [];
    assert.deepEqual(drained(events), ["late ring"]);
    assert.deepEqual(dropped, ["early"]);
  });
});

describe("values in MQTT", () => {
  it("are of 1,024 octets at most, those around a word among them", () => {
    const padded = (length: number) => readPayload("number", Buffer.from("7".padEnd(length)));
    assert.deepEqual([1_024, 1_025].map(padded), [7, undefined]);
    const octets = (length: number) => readPayload("octets", Buffer.from("ab".repeat(length)));
    assert.deepEqual([512, 513].map(octets), [new Uint8Array(512).fill(0xab), undefined]);
  });

  it("are digits, ON and OFF, names, texts and hexadecimal", () => {
    assert.deepEqual([21.5, -3, true, false, "ring", Uint8Array.of(0, 255)].map(payloadOf), [
      "21.5",
      "-3",
      "ON",
      "OFF",
      "ring",
      "00ff",
    ]);
  });

  it("are read back as what they were", () => {
    assert.equal(readValue("number", "-21.50"), -21.5);
    for (const word of ["ON", "on", "true", "1"]) assert.equal(readValue("switch", word), true);
    for (const word of ["OFF", "off ", "false", "0"]) assert.equal(readValue("switch", word), false);
    assert.equal(readValue("event", "ring"), "ring");
    assert.equal(readValue("text", " as it is "), " as it is ");
    assert.deepEqual(readValue("octets", "00FF"), Uint8Array.of(0, 255));
  });

  it("of no such kind are none", () => {
    const wrong = {
      number: ["", "1e5", "0x10", "NaN", "Infinity", "99999999999", "1.1234567", "--1", "1 2"],
      switch: ["", "maybe", "2", '{"state":"ON"}'],
      event: ["", "Ring!", "a".repeat(17), "-x"],
      text: ["", "a".repeat(513), "\ud800"],
      octets: ["", "0", "zz", "00".repeat(513)],
    } as const;
    for (const [kind, payloads] of Object.entries(wrong))
      for (const payload of payloads)
        assert.equal(readValue(kind as keyof typeof wrong, payload), undefined, `${kind}: ${payload}`);
  });

  it("that are no UTF-8, or too long, are none", () => {
    assert.equal(readPayload("text", Buffer.from("Küche")), "Küche");
    for (const octets of [Buffer.of(0xff, 0xfe), Buffer.of(0x4b, 0xc3), Buffer.alloc(1_025, "0")])
      assert.equal(readPayload("text", octets), undefined);
  });
});

describe("Home Assistant's discovery", () => {
  const about = { status: "cpns/_gateway/6757" };
  const documents = (one: TopicView) =>
    documentsOf({ pn: "00", member: member("aa01", "Küche"), base: "cpns/home/kuche" }, one, about);
  const document = (one: TopicView) => documents(one)[0];

  it("shows each kind as what it is", () => {
    const components = [
      ["number", "offers", "sensor"],
      ["number", "both", "number"],
      ["switch", "offers", "binary_sensor"],
      ["switch", "both", "switch"],
      ["switch", "understands", "switch"],
      ["event", "offers", "event"],
      ["event", "both", "event, text"],
      ["event", "understands", "text"],
      ["text", "offers", "sensor"],
      ["text", "understands", "text"],
      ["octets", "both", ""],
    ] as const;
    for (const [kind, direction, shown] of components) {
      const made = documents(topic({ name: "x", kind, direction }));
      assert.equal(made.map(({ component }) => component).join(", "), shown, `${kind} ${direction}`);
    }
  });

  it("sends an event that goes both ways, and shows the one that comes", () => {
    const [event, text] = documents(topic({ name: "ring", kind: "event", direction: "both" }));
    assert.deepEqual(
      [event?.config.state_topic, event?.config.command_topic],
      ["cpns/home/kuche/ring", undefined],
    );
    assert.deepEqual(
      [text?.config.state_topic, text?.config.command_topic, text?.config.max],
      [undefined, "cpns/home/kuche/ring/set", 16],
    );
    assert.deepEqual(
      [event?.config.default_entity_id, text?.config.default_entity_id],
      ["event.kuche_ring", "text.kuche_ring"],
    );
  });

  it("says where the state is, where commands go, and when it is there", () => {
    const config = document(topic({ name: "on", kind: "switch", direction: "both" }))?.config ?? {};
    assert.equal(config.state_topic, "cpns/home/kuche/on");
    assert.equal(config.command_topic, "cpns/home/kuche/on/set");
    assert.equal(config.unique_id, "cpns_aa01_on");
    // Each for releases that do not know the other.
    assert.equal(config.object_id, "kuche_on");
    assert.equal(config.default_entity_id, "switch.kuche_on");
    const dashed = document(topic({ name: "opens-at", kind: "text", direction: "both" }))?.config;
    assert.equal(dashed?.default_entity_id, "text.kuche_opens_at");
    assert.deepEqual(config.availability, [
      { topic: "cpns/_gateway/6757" },
      { topic: "cpns/home/kuche/_available" },
    ]);
    const sensor =
      document(topic({ name: "t", kind: "number", direction: "offers", unit: "°C" }))?.config ?? {};
    assert.equal(sensor.command_topic, undefined);
    assert.equal(sensor.device_class, "temperature");
    assert.equal(sensor.unit_of_measurement, "°C");
  });
});

describe("what the broker keeps", () => {
  it("is who is there, the last value of each topic, and documents", () => {
    const temperature = topic({
      name: "temperature",
      kind: "number",
      direction: "offers",
      value: 21.5,
      at: Milliseconds(1),
    });
    const lamp = {
      ...member("bb02", "Lamp", topic({ name: "on", kind: "switch", direction: "both" })),
      here: false,
    };
    const all = new Retained(layout).of(
      book().placed("cpns", [home(member("aa01", "Hall", temperature), lamp)]),
    );
    assert.deepEqual(Object.fromEntries([...all].filter(([at]) => at.startsWith("cpns/"))), {
      "cpns/_gateway/6757": "online",
      "cpns/home/hall/_available": "online",
      "cpns/home/hall/temperature": "21.5",
      "cpns/home/lamp/_available": "offline",
      // It has not said it yet: what the broker has of it stays.
      "cpns/home/lamp/on": undefined,
    });
    assert.deepEqual(
      [...all.keys()].filter((at) => !at.startsWith("cpns/")),
      ["homeassistant/sensor/cpns_aa01/temperature/config", "homeassistant/switch/cpns_bb02/on/config"],
    );
  });

  it("has the document of now when a device was renamed, or its topic is another", () => {
    const made = new Retained(layout);
    const names = book();
    const documents = (name: string, unit: string): readonly string[] => {
      const one = topic({ name: "temperature", kind: "number", direction: "offers", unit, value: 1 });
      const all = made.of(names.placed("cpns", [home(member("aa01", name, one))]));
      return [...all].flatMap(([at, payload]) => (at.endsWith("/config") ? [payload ?? ""] : []));
    };
    const [first] = documents("Hall", "°C");
    assert.deepEqual(documents("Hall", "°C"), [first]);
    assert.match(documents("Hall", "°F")[0] ?? "", /"unit_of_measurement":"°F"/);
    assert.match(documents("Kitchen", "°F")[0] ?? "", /"state_topic":"cpns\/home\/kitchen\/temperature"/);
  });

  it("has no event, no command, and no document where nobody wants them", () => {
    const ring = topic({ name: "ring", kind: "event", direction: "both", value: "ring" });
    const set = topic({ name: "set", kind: "number", direction: "understands", value: 3 });
    const all = new Retained({ ...layout, discovery: undefined }).of(
      book().placed("cpns", [home(member("aa01", "Bell", ring, set))]),
    );
    assert.deepEqual([...all.keys()], ["cpns/_gateway/6757", "cpns/home/bell/_available"]);
  });
});
