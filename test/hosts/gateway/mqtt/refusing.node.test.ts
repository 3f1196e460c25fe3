import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MqttBridge } from "../../../../hosts/gateway/mqtt/bridge.js";
import type { SendTopic } from "../../../../hosts/gateway/mqtt/commandQueue.js";
import { mostLines } from "../../../../hosts/gateway/mqtt/sparing.js";
import { ownCertificate } from "../../../../hosts/node/https/certificate.js";
import type { MemberView } from "../../../../src/gateway/ports.js";
import { Broker, mosquitto } from "../../../support/broker.js";
import { FakeBroker } from "../../../support/fakeBroker.js";
import { FakeTimers } from "../../../support/fakeTimers.js";
import { freePort } from "../../../support/household.js";
import { unlessFew } from "../../../support/sampled.js";
import { skipped } from "../../../support/skipped.js";
import { until } from "../../../support/until.js";

let broker: FakeBroker;
let bridge: MqttBridge | undefined;
let members: MemberView[];
let sent: SendTopic[];
let said: string[];
let logged: string[];
let kept: readonly string[];
/** Of the events' clock. */
let now = 0;

type Access = { readonly username?: string; readonly password?: string; readonly ca?: Buffer };

/** A gateway's bridge to the broker of the test; one at a time. */
function begun(url = `mqtt://127.0.0.1:${broker.port}`, access: Access = {}): MqttBridge {
  const keep = (topics: readonly string[]): void => {
    kept = topics;
  };
  bridge = new MqttBridge({
    ...{ url, access, layout: { prefix: "cpns", gateway: "6757", discovery: "homeassistant" } },
    log: { event: (name, fields) => void logged.push(`${name} ${JSON.stringify(fields ?? {})}`) },
    pns: () => [{ id: "00112233", alias: "Home", members }],
    send: async (command) => {
      sent.push(command);
      return { value: undefined };
    },
    kept: { read: () => kept, write: keep },
    levels: { read: () => [], write: () => {} },
    say: (line) => void said.push(line),
    now: () => now,
  });
  bridge.start();
  return bridge;
}

const warm = (id: number, value: number): MemberView => ({
  id: `aa${id.toString().padStart(2, "0")}`,
  name: `Room ${id}`,
  here: true,
  topics: [
    { name: "temperature", kind: "number", direction: "offers", unit: "°C", value },
    { name: "ring", kind: "event", direction: "offers" },
    { name: "text", kind: "text", direction: "both" },
  ],
});

const rings = (value: string): void =>
  bridge?.take({ kind: "topic", pn: "00112233", from: "aa01", topic: "ring", value });
const heard = (topic: string): string[] =>
  broker.published.filter((one) => one.topic === topic).map(({ payload }) => payload);

function eachWithBroker(): void {
  beforeEach(async () => {
    broker = await FakeBroker.open();
    members = [warm(1, 20)];
    [sent, said, logged, kept, now] = [[], [], [], [], 0];
  });
  afterEach(async () => {
    await bridge?.stop();
    await broker.close();
  });
}

describe("a broker that will not have the gateway", () => {
  eachWithBroker();

  for (const [name, prepare, line] of [
    ["refuses the password", { code: 4 }, /refuses the user name or password/],
    ["lets nobody in", { code: 5 }, /does not let this gateway in/],
    ["is not available", { code: 3 }, /it is not available/],
    ["refuses by a number that nobody knows", { code: 77 }, /refuses the connection \(77\)/],
    ["cuts everybody off", { down: true }, /connection was lost/],
    ["speaks HTTP", { greeting: "HTTP/1.1 400 Bad Request\r\n\r\n" }, /it speaks no MQTT/],
    [
      "begins a packet without an end",
      { greeting: Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0xff) },
      /it speaks no MQTT/,
    ],
    [
      "says yes, and then what is no packet",
      { greeting: Uint8Array.of(0x20, 2, 0, 0, 0x36, 2, 0, 0) },
      /it speaks no MQTT/,
    ],
  ] as const)
    it(`is told of once, with the reason, and tried again: it ${name}`, async () => {
      Object.assign(broker, prepare);
      const made = begun();
      await until(() => broker.connections >= 2, "a second try");
      await until(() => said.length > 0, "the person to be told");
      assert.match(said[0] ?? "", line);
      assert.match(said[0] ?? "", /; trying again$/);
      // Who is let in first is told of anew.
      assert.ok(said.length === 1 || /there again/.test(said[1] ?? ""), said.join());
      if (said.length === 1) {
        assert.match(made.state.error ?? "", line, "also for who asks later");
        assert.equal(logged.filter((one) => one.startsWith("mqtt.away")).length, 1);
      }
      Object.assign(broker, { code: 0, down: false, greeting: undefined });
      await until(() => heard("cpns/home/room-1/temperature").length > 0, "what there is to tell");
    });

  it("is left after ten seconds when it says nothing, and tried again", async () => {
    broker.silent = true;
    const timers = new FakeTimers();
    try {
      begun();
      for (let i = 0; broker.connections < 2; i++) {
        assert.ok(i < 10_000, "a second try");
        timers.advance(50);
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      timers.restore();
    }
    assert.deepEqual([said.length, broker.published.length], [1, 0]);
  });

  it("says so when it lets no commands come, and still hears what devices say", async () => {
    broker.granted = 0x80;
    begun();
    await until(() => said.length > 0, "the person to be told");
    assert.match(said[0] ?? "", /lets no commands come/);
    await until(() => heard("cpns/home/room-1/temperature").length > 0, "what there is to tell");
  });

  it("that cuts each connection soon is tried less and less often", async () => {
    const timers = new FakeTimers();
    try {
      broker.cutsAfter = 1;
      begun();
      for (let second = 0; second < 120; second++) {
        timers.advance(1_000);
        for (let i = 0; i < 8; i++) await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      timers.restore();
    }
    // 1, 2, 4, 8 … seconds, and not once a second.
    assert.ok(broker.connections >= 4 && broker.connections <= 9, `${broker.connections} connections`);
  });
});

describe("TLS to a broker", () => {
  eachWithBroker();
  let folder: string;
  let real: Broker;

  before(async function () {
    unlessFew(this, "MQTT over TLS");
    if (mosquitto === undefined) skipped(this, "MQTT over TLS", "mosquitto", "mosquitto");
    folder = mkdtempSync(join(tmpdir(), "cpns-mqtts-"));
    await ownCertificate(folder, ["127.0.0.1"]);
    // The broker gives its rights away before it reads them.
    chmodSync(folder, 0o755);
    const { stdout } = spawnSync("ls", [folder], { encoding: "utf8" });
    for (const name of stdout.trim().split("\n")) chmodSync(join(folder, name), 0o644);
    const tls = [
      "allow_anonymous true",
      `certfile ${join(folder, "tls-cert.pem")}`,
      `keyfile ${join(folder, "tls-key.pem")}`,
    ];
    real = new Broker(await freePort(), folder, tls);
    assert.ok(await real.start());
  });
  after(async () => {
    await real?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  it("is refused where nobody vouches for its certificate, and says what helps", async () => {
    const made = begun(`mqtts://127.0.0.1:${real.port}`);
    await until(() => said.length > 0, "the refusal");
    assert.match(said[0] ?? "", /its certificate is not trusted \(.*\): give --mqtt-ca/);
    assert.equal(made.state.connected, false);
  });

  it("is refused where the certificate is another machine's", async () => {
    const other = mkdtempSync(join(tmpdir(), "cpns-mqtts-"));
    await ownCertificate(other, ["127.0.0.1"]);
    begun(`mqtts://127.0.0.1:${real.port}`, { ca: readFileSync(join(other, "tls-cert.pem")) });
    rmSync(other, { recursive: true });
    await until(() => said.length > 0, "the refusal");
    assert.match(said[0] ?? "", /its certificate is not trusted/);
  });

  it("is taken with the broker's own certificate as CA", async () => {
    const made = begun(`mqtts://127.0.0.1:${real.port}`, { ca: readFileSync(join(folder, "tls-cert.pem")) });
    await until(() => made.state.connected, "the connection");
    assert.deepEqual(said, []);
  });

  it("is tried for ever, and named, where one side speaks TLS and the other does not", async () => {
    const made = begun(`mqtt://127.0.0.1:${real.port}`);
    await until(() => said.length > 0, "the refusal");
    await made.stop();
    begun(`mqtts://127.0.0.1:${broker.port}`);
    broker.greeting = Uint8Array.of(0x20, 2, 0, 0);
    await until(() => said.length > 1, "the refusal");
    assert.ok(
      said.every((line) => /; trying again$/.test(line)),
      said.join("\n"),
    );
  });
});

describe("an hour without a broker", () => {
  eachWithBroker();

  /** Seconds pass; in each a device tells how warm it is, and in each tenth somebody rings. */
  async function pass(timers: FakeTimers, seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      now += 1_000;
      const room = (now / 1_000) % 64;
      members = members.map((one, at) => (at === room ? warm(room + 1, now / 1_000) : one));
      if ((now / 1_000) % 10 === 0) rings(`ring-${now / 1_000}`);
      else bridge?.take({ kind: "changed" });
      timers.advance(1_000);
      for (let turns = 0; turns < 4; turns++) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const settled = async (timers: FakeTimers, holds: () => boolean): Promise<void> => {
    for (let i = 0; !holds(); i++) {
      assert.ok(i < 20_000, "the broker to hear of it");
      timers.advance(10);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  /** Rooms whose temperature was told. */
  const told = (): number =>
    new Set(broker.published.map(({ topic }) => topic).filter((topic) => topic.endsWith("/temperature")))
      .size;

  it("costs a try a minute, a line, and no memory; then what is true is told once, with the events of the last minute", async () => {
    const timers = new FakeTimers();
    try {
      broker.down = true;
      members = Array.from({ length: 64 }, (_, i) => warm(i + 1, 20));
      const made = begun();
      await pass(timers, 3_600);
      assert.ok(broker.connections >= 55 && broker.connections <= 75, `${broker.connections} tries`);
      assert.equal(said.length, 1);
      assert.equal(logged.filter((line) => line.startsWith("mqtt.away")).length, 1);
      assert.deepEqual(kept, []);
      broker.down = false;
      await settled(timers, () => made.state.connected && told() === 64);
      await settled(timers, () => heard("cpns/home/room-1/ring").length > 0);
      await pass(timers, 1);
      const topics = broker.published.filter(({ retain }) => retain).map(({ topic }) => topic);
      const readings = topics.filter((topic) => topic.endsWith("/temperature"));
      assert.equal(new Set(readings).size, 64);
      for (const [i, member] of members.entries())
        assert.equal(heard(`cpns/home/room-${i + 1}/temperature`).at(-1), `${member.topics[0]?.value}`);
      // But for the one that has changed in the last second, each once.
      assert.ok(topics.length - new Set(topics).size <= 1, "told twice");
      const events = heard("cpns/home/room-1/ring");
      assert.equal(new Set(events).size, events.length);
      assert.ok(events.length >= 5 && events.length <= 7, events.join());
      assert.equal(events.at(-1), `ring-${Math.floor(now / 10_000) * 10}`);
      timers.advance(10_000);
      const lines = logged.filter((line) => line.startsWith("mqtt.dropped")).length;
      const [, more = 0] = /mqtt.unsaid .*"count":(\d+)/.exec(logged.join("\n")) ?? [];
      assert.equal(lines + Number(more), 360 - events.length);
      assert.equal(
        broker.published.some(({ again }) => again),
        false,
      );
    } finally {
      timers.restore();
    }
  });

  it("and a start anew of the gateway say nothing twice: no event at all, each state once", async () => {
    begun();
    await until(() => heard("cpns/home/room-1/temperature").length > 0, "the state");
    rings("first");
    await until(() => heard("cpns/home/room-1/ring").length > 0, "the event");
    await bridge?.stop();
    broker.published.length = 0;
    begun();
    await until(() => heard("cpns/home/room-1/temperature").length > 0, "the state");
    await new Promise((resolve) => setTimeout(resolve, 200));
    const topics = broker.published.map(({ topic }) => topic);
    assert.equal(new Set(topics).size, topics.length, topics.join("\n"));
    assert.deepEqual(heard("cpns/home/room-1/ring"), []);
  });

  it("ends with the newest state also where the broker had not confirmed the one before", async () => {
    broker.confirms = false;
    begun();
    await until(() => heard("cpns/home/room-1/temperature").includes("20"), "the first state");
    broker.down = true;
    broker.cut();
    members = [warm(1, 25)];
    bridge?.take({ kind: "changed" });
    Object.assign(broker, { down: false, confirms: true });
    await until(() => heard("cpns/home/room-1/temperature").includes("25"), "the state of now");
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(heard("cpns/home/room-1/temperature").at(-1), "25");
  });

  it("of one that confirms nothing holds 128 messages and 64 events, whatever devices say", async () => {
    broker.confirms = false;
    members = Array.from({ length: 64 }, (_, i) => warm(i + 1, 20));
    begun();
    await until(() => broker.published.length >= 128, "as many as may wait");
    for (let i = 0; i < 1_000; i++) {
      members = [warm(1, i), ...members.slice(1)];
      rings(`ring-${i}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(broker.published.length, 128);
    assert.equal(logged.filter((line) => line.startsWith("mqtt.dropped")).length, mostLines);
    assert.deepEqual(sent, []);
  });
});
