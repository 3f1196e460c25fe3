import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { MqttBridge } from "../../../../hosts/gateway/mqtt/bridge.js";
import type { SendTopic } from "../../../../hosts/gateway/mqtt/commandQueue.js";
import { mostLines } from "../../../../hosts/gateway/mqtt/sparing.js";
import { CpnsError } from "../../../../src/base/errors.js";
import type { Outcome } from "../../../../src/base/outcome.js";
import type { GatewayPNView, MemberView } from "../../../../src/gateway/ports.js";
import { Broker, mosquitto } from "../../../support/broker.js";
import { freePort } from "../../../support/household.js";
import { skipped } from "../../../support/skipped.js";
import { until } from "../../../support/until.js";

/** A way to the broker that can be cut for one of its clients. */
const passage = async (port: number) => {
  const sockets = new Set<Socket>();
  let open = true;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    if (!open) {
      socket.destroy();
      return;
    }
    const far = connect(port, "127.0.0.1");
    far.on("error", () => socket.destroy());
    far.on("close", () => socket.destroy());
    socket.on("close", () => far.destroy());
    socket.pipe(far).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const cut = (): void => {
    open = false;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    cut,
    mend: () => {
      open = true;
    },
    close: () => {
      cut();
      server.close();
    },
  };
};

const lamp = (on: boolean, here = true): MemberView => ({
  id: "aa01",
  name: "Lamp",
  here,
  topics: [
    { name: "on", kind: "switch", direction: "both", value: on },
    { name: "ring", kind: "event", direction: "offers" },
  ],
});

describe("the bridge to an MQTT broker", () => {
  before(function () {
    if (mosquitto === undefined) skipped(this, "MQTT", "mosquitto", "mosquitto");
  });

  let folder: string;
  let broker: Broker;
  let bridges: MqttBridge[];
  let readers: MqttClient[];
  let members: MemberView[];
  let sent: SendTopic[];
  let answer: Outcome<unknown>;
  let kept: readonly string[];
  let said: string[];
  /** How often the networks were looked at. */
  let looks = 0;
  let logged: string[];

  const begun = async (settings: readonly string[] = ["allow_anonymous true"]): Promise<void> => {
    // Somebody else may have taken the port meanwhile.
    for (let tries = 0; tries < 5; tries++) {
      broker = new Broker(await freePort(), folder, settings);
      if (await broker.start()) return;
    }
    assert.fail("the broker does not start");
  };

  const keep = (topics: readonly string[]): void => {
    kept = topics;
  };

  const pns = (): readonly GatewayPNView[] => {
    looks++;
    return [{ id: "00112233", alias: "Home", members }];
  };

  const bridge = (access: { username?: string; password?: string } = {}, port = broker.port): MqttBridge => {
    const made = new MqttBridge({
      url: `mqtt://127.0.0.1:${port}`,
      access,
      layout: { prefix: "cpns", gateway: "6757", discovery: "homeassistant" },
      log: { event: (name, fields) => void logged.push(`${name} ${JSON.stringify(fields ?? {})}`) },
      pns,
      send: async (command) => {
        sent.push(command);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return answer;
      },
      kept: { read: () => kept, write: keep },
      levels: { read: () => [], write: () => {} },
      say: (line) => void said.push(line),
    });
    bridges.push(made);
    made.start();
    return made;
  };

  /** Everything that a client of the broker sees, retained or not, by topic. */
  const reader = async (access: { username?: string; password?: string } = {}) => {
    const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { ...access, reconnectPeriod: 200 });
    readers.push(client);
    const seen = new Map<string, string>();
    const events: string[] = [];
    client.on("message", (topic, payload, { retain }) => {
      seen.set(topic, payload.toString());
      if (!retain) events.push(`${topic} ${payload}`);
    });
    await client.subscribeAsync("#", { qos: 1 });
    return { client, seen, events };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-mqtt-"));
    bridges = [];
    readers = [];
    members = [lamp(false)];
    sent = [];
    answer = { value: undefined };
    kept = [];
    said = [];
    logged = [];
  });

  afterEach(async () => {
    for (const one of bridges) await one.stop();
    for (const one of readers) await one.endAsync(true);
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("tells who is there and what each topic is, retained, and what changes", async () => {
    await begun();
    const made = bridge();
    const { seen } = await reader();
    await until(() => seen.get("cpns/home/lamp/on") === "OFF", "the state");
    assert.equal(seen.get("cpns/_gateway/6757"), "online");
    assert.equal(seen.get("cpns/home/lamp/_available"), "online");
    assert.match(
      seen.get("homeassistant/switch/cpns_aa01/on/config") ?? "",
      /"command_topic":"cpns\/home\/lamp\/on\/set"/,
    );
    members = [lamp(true)];
    made.take({ kind: "changed" });
    await until(() => seen.get("cpns/home/lamp/on") === "ON", "the change");
    members = [lamp(true, false)];
    made.take({ kind: "changed" });
    await until(() => seen.get("cpns/home/lamp/_available") === "offline", "it to be away");
    await made.stop();
    await until(() => seen.get("cpns/_gateway/6757") === "offline", "the gateway's farewell");
  });

  it("clears everything of a device that has gone, also of an earlier run", async () => {
    await begun();
    kept = ["cpns/home/old/on"];
    const made = bridge();
    const { client, seen } = await reader();
    await client.publishAsync("cpns/home/old/on", "ON", { retain: true });
    await until(() => seen.get("cpns/home/lamp/on") === "OFF", "the state");
    members = [];
    made.take({ kind: "changed" });
    await until(
      () => seen.get("homeassistant/switch/cpns_aa01/on/config") === "",
      "the document to be cleared",
    );
    await until(() => seen.get("cpns/home/lamp/on") === "", "the state to be cleared");
    assert.deepEqual([...kept], ["cpns/_gateway/6757"]);
  });

  it("leaves what a device has not said again since the gateway has started", async () => {
    await begun();
    kept = ["cpns/home/lamp/on"];
    members = [{ ...lamp(false), topics: [{ name: "on", kind: "switch", direction: "both" }] }];
    const { client, seen, events } = await reader();
    await client.publishAsync("cpns/home/lamp/on", "ON", { retain: true });
    bridge();
    await until(() => seen.has("homeassistant/switch/cpns_aa01/on/config"), "the document");
    assert.deepEqual(
      events.filter((line) => line.startsWith("cpns/home/lamp/on")),
      ["cpns/home/lamp/on ON"],
    );
  });

  it("takes commands for what devices understand, and nothing else", async () => {
    await begun();
    const made = bridge();
    const { client, seen } = await reader();
    await until(() => seen.has("cpns/home/lamp/on"), "the state");
    for (const [topic, payload] of [
      ["cpns/home/lamp/ring/set", "ring"],
      ["cpns/home/lamp/other/set", "ON"],
      ["cpns/home/nobody/on/set", "ON"],
      ["cpns/home/lamp/on/set", "perhaps"],
      ["cpns/home/lamp/on/set", "x".repeat(2_000)],
      ["cpns/home/lamp/on/set", "ON"],
    ] as const)
      await client.publishAsync(topic, payload, { qos: 1 });
    await until(() => sent.length > 0, "the command");
    assert.deepEqual(sent, [{ kind: "sendTopic", pn: "00112233", to: "aa01", topic: "on", value: true }]);
    const why = (code: string): number =>
      logged.filter((line) => line.startsWith("mqtt.refused") && line.includes(code)).length;
    // That for nobody may be for another gateway's device.
    assert.deepEqual([why("topic.unknown"), why("topic.kind")], [2, 2], logged.join("\n"));
    void made;
  });

  it("writes no log without end of a flood of commands that are none, and takes the next that is one", async () => {
    await begun();
    bridge();
    const { client, seen } = await reader();
    await until(() => seen.has("cpns/home/lamp/on"), "the state");
    await client.unsubscribeAsync("#");
    const flood = Array.from({ length: 3_000 }, (_, i) => `maybe-${i}`);
    await Promise.all(flood.map((word) => client.publishAsync("cpns/home/lamp/on/set", word, { qos: 1 })));
    await client.publishAsync("cpns/home/lamp/on/set", "ON", { qos: 1 });
    await until(() => sent.length > 0, "the command");
    assert.equal(logged.filter((line) => line.startsWith("mqtt.refused")).length, mostLines);
    assert.doesNotMatch(logged.join(), /maybe/);
    assert.equal(sent.length, 1);
  });

  it("switches nothing by what a broker has kept (retained commands)", async () => {
    await begun();
    const { client } = await reader();
    await client.publishAsync("cpns/home/lamp/on/set", "ON", { qos: 1, retain: true });
    bridge();
    await until(() => logged.some((line) => line.includes("retained")), "the refusal");
    assert.deepEqual(sent, []);
  });

  it("holds no message of any length that somebody sends through the broker, and goes on", async () => {
    await begun();
    const made = bridge();
    const { client } = await reader();
    await until(() => made.state.connected, "the bridge");
    const memory = (): number => process.memoryUsage().arrayBuffers;
    let most = 0;
    const looking = setInterval(() => {
      most = Math.max(most, memory());
    }, 2);
    // Who sends, and what is read back of it, are in this process, too.
    await client.unsubscribeAsync("#");
    const huge = Buffer.alloc(64_000_000, "x");
    const before = memory();
    await client.publishAsync("cpns/home/lamp/on/set", huge, { qos: 1 });
    await until(() => said.some((one) => /too long/.test(one)), "the bridge to say so");
    clearInterval(looking);
    assert.ok(most - before < 100_000_000, `${(most - before) / 1e6} MB`);
    await until(() => made.state.connected, "the bridge to be back");
    await client.subscribeAsync("#", { qos: 1 });
    const set = setInterval(() => client.publish("cpns/home/lamp/on/set", "ON", { qos: 1 }), 50);
    await until(() => sent.length > 0, "a command");
    clearInterval(set);
  });

  it("is stopped by no message of any length that the broker keeps, for a device or for nobody", async () => {
    await begun();
    const { client } = await reader();
    await client.unsubscribeAsync("#");
    const huge = Buffer.alloc(2_000_000, "x");
    for (const topic of ["cpns/q/r/s/set", "cpns/home/lamp/on/set"])
      await client.publishAsync(topic, huge, { qos: 1, retain: true });
    const made = bridge();
    await until(() => said.some((one) => /too long/.test(one)), "the bridge to say so");
    await until(() => made.state.connected, "the bridge to be back");
    const set = setInterval(() => client.publish("cpns/home/lamp/on/set", "ON", { qos: 1 }), 50);
    await until(() => sent.length > 0, "a command");
    clearInterval(set);
    // A device that comes later is heard as well, and the connection stays.
    members = [lamp(true), { ...lamp(false), id: "bb02", name: "Hall" }];
    made.take({ kind: "changed" });
    const later = setInterval(() => client.publish("cpns/home/hall/on/set", "ON", { qos: 1 }), 50);
    await until(() => sent.some(({ to }) => to === "bb02"), "a command for the other");
    clearInterval(later);
    assert.equal(said.filter((one) => /too long/.test(one)).length, 1, said.join("\n"));
    assert.equal(made.state.connected, true);
  });

  it("keeps the order of commands, and of states that wait the newest", async () => {
    await begun();
    bridge();
    const { client, seen } = await reader();
    await until(() => seen.has("cpns/home/lamp/on"), "the state");
    answer = { error: new CpnsError("result.noRoute") };
    await Promise.all(
      ["ON", "OFF", "ON", "OFF"].map((word) =>
        client.publishAsync("cpns/home/lamp/on/set", word, { qos: 1 }),
      ),
    );
    await until(() => logged.filter((line) => line.startsWith("mqtt.failed")).length >= 2, "the failures");
    assert.equal(sent[0]?.value, true);
    assert.equal(sent.at(-1)?.value, false);
    assert.ok(sent.length <= 4);
  });

  it("says events once, to who listens then", async () => {
    await begun();
    const made = bridge();
    const { events, seen } = await reader();
    await until(() => seen.has("cpns/home/lamp/on"), "the state");
    looks = 0;
    made.take({ kind: "topic", pn: "00112233", from: "aa01", topic: "ring", value: "ring" });
    assert.equal(looks, 1);
    await until(() => events.includes("cpns/home/lamp/ring ring"), "the event");
    const late = await reader();
    await until(() => late.seen.has("cpns/home/lamp/on"), "the late reader's state");
    assert.equal(late.seen.has("cpns/home/lamp/ring"), false);
  });

  it("goes on after the broker was away with what is true then", async () => {
    await begun();
    const made = bridge();
    const first = await reader();
    await until(() => first.seen.has("cpns/home/lamp/on"), "the state");
    await broker.stop();
    await until(() => said.length === 1, "the trouble to be told");
    members = [lamp(true)];
    made.take({ kind: "changed" });
    await broker.start();
    await until(() => said.length === 2, "the broker to be there again");
    const { seen } = await reader();
    await until(() => seen.get("cpns/home/lamp/on") === "ON", "the state of now");
    assert.deepEqual(said, [
      "the MQTT broker: the connection was lost; trying again",
      "the MQTT broker is there again",
    ]);
  });

  it("tells the events of the last minute when the broker is reached again, each once, in order", async () => {
    await begun();
    const way = await passage(broker.port);
    try {
      const made = bridge({}, way.port);
      const { seen, events } = await reader();
      await until(() => seen.has("cpns/home/lamp/on"), "the state");
      way.cut();
      await until(() => said.length === 1, "the trouble to be told");
      for (const value of ["first", "second"])
        made.take({ kind: "topic", pn: "00112233", from: "aa01", topic: "ring", value });
      way.mend();
      await until(() => said.length === 2, "the broker to be reached again");
      made.take({ kind: "topic", pn: "00112233", from: "aa01", topic: "ring", value: "third" });
      await until(() => events.some((line) => line.endsWith(" third")), "the last event");
      assert.deepEqual(
        events.filter((line) => line.startsWith("cpns/home/lamp/ring ")).map((line) => line.split(" ")[1]),
        ["first", "second", "third"],
      );
      assert.equal(
        logged.some((line) => line.startsWith("mqtt.dropped")),
        false,
      );
    } finally {
      way.close();
    }
  });

  it("says that the broker refuses it, once, and neither password nor value", async () => {
    // The broker gives its rights away before it reads the file.
    chmodSync(folder, 0o755);
    spawnSync("mosquitto_passwd", ["-b", "-c", join(folder, "users"), "home", "right-password"]);
    const users = existsSync(join(folder, "users"));
    if (users) chmodSync(join(folder, "users"), 0o644);
    await begun(
      users ? [`password_file ${join(folder, "users")}`, "allow_anonymous false"] : ["allow_anonymous false"],
    );
    bridge({ username: "home", password: "wrong-password" });
    await until(() => said.length > 0, "the refusal");
    assert.match(
      said[0] ?? "",
      /^the MQTT broker: it (refuses the user name or password|does not let this gateway in)/,
    );
    assert.doesNotMatch([...said, ...logged].join("\n"), /wrong-password/);
  });
});
