import assert from "node:assert/strict";
import { documentOf } from "../../../../hosts/gateway/mqtt/discovery.js";
import { cleaned, levels, placed } from "../../../../hosts/gateway/mqtt/names.js";
import { retained } from "../../../../hosts/gateway/mqtt/retained.js";
import { payloadOf, readValue } from "../../../../hosts/gateway/mqtt/values.js";
import { Milliseconds } from "../../../../src/base/units.js";
import type { GatewayPNView, MemberView, TopicView } from "../../../../src/gateway/ports.js";

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
    const found = levels([
      { id: "aa01020304", name: "Lamp" },
      { id: "bb05060708", name: "LAMP!" },
      { id: "cc090a0b0c", name: "日本" },
      { id: "dd0d0e0f10" },
      { id: "ee01020304", name: "Hall" },
    ]);
    assert.deepEqual([...found.values()], ["lamp-01020304", "lamp-05060708", "090a0b0c", "0d0e0f10", "hall"]);
  });

  it("stand below the prefix, network and device", () => {
    const [one] = placed("cpns", [home(member("aa01", "Lamp"))]);
    assert.equal(one?.base, "cpns/home/lamp");
  });
});

describe("values in MQTT", () => {
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
});

describe("Home Assistant's discovery", () => {
  const about = { status: "cpns/_gateway/6757" };
  const document = (one: TopicView) =>
    documentOf({ pn: "00", member: member("aa01", "Küche"), base: "cpns/home/kuche" }, one, about);

  it("shows each kind as what it is", () => {
    const components = [
      ["number", "offers", "sensor"],
      ["number", "both", "number"],
      ["switch", "offers", "binary_sensor"],
      ["switch", "both", "switch"],
      ["switch", "understands", "switch"],
      ["event", "offers", "event"],
      ["event", "both", "event"],
      ["event", "understands", "text"],
      ["text", "offers", "sensor"],
      ["text", "understands", "text"],
      ["octets", "both", undefined],
    ] as const;
    for (const [kind, direction, component] of components)
      assert.equal(
        document(topic({ name: "x", kind, direction }))?.component,
        component,
        `${kind} ${direction}`,
      );
  });

  it("says where the state is, where commands go, and when it is there", () => {
    const config = document(topic({ name: "on", kind: "switch", direction: "both" }))?.config ?? {};
    assert.equal(config.state_topic, "cpns/home/kuche/on");
    assert.equal(config.command_topic, "cpns/home/kuche/on/set");
    assert.equal(config.unique_id, "cpns_aa01_on");
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
    const all = retained(layout, [home(member("aa01", "Hall", temperature), lamp)]);
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

  it("has no event, no command, and no document where nobody wants them", () => {
    const ring = topic({ name: "ring", kind: "event", direction: "both", value: "ring" });
    const set = topic({ name: "set", kind: "number", direction: "understands", value: 3 });
    const all = retained({ ...layout, discovery: undefined }, [home(member("aa01", "Bell", ring, set))]);
    assert.deepEqual([...all.keys()], ["cpns/_gateway/6757", "cpns/home/bell/_available"]);
  });
});
