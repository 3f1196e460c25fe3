import assert from "node:assert/strict";
import { connectAsync, type MqttClient } from "mqtt";
import { applications } from "../../apps/virtual.js";
import { ApiClient } from "../support/apiClient.js";
import { Broker, mosquitto } from "../support/broker.js";
import { freePort, type Hand, Household, password, serverFile } from "../support/household.js";
import { MemoryStore } from "../support/memoryStore.js";
import { type Program, ran } from "../support/programs.js";
import { few } from "../support/sampled.js";
import { skipped } from "../support/skipped.js";

const waits = 90_000;

async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + waits; !holds(); ) {
    assert.ok(Date.now() < end, `waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Lamp, remote and thermometer in a network; PN GW, Server and Mosquitto are processes. */
describe("a household at a Server, a PN GW and an MQTT broker", function () {
  this.timeout(400_000);
  const home = new Household();
  const flash = { lamp: new MemoryStore(), remote: new MemoryStore(), warm: new MemoryStore() };
  /** What a client of the broker has seen last, by topic. */
  const seen = new Map<string, string>();
  let heard = 0;
  let broker: Broker;
  let reader: MqttClient;
  let gateway: Program;
  let server: Program;
  let lamp: Hand;
  let remote: Hand;
  let client: ApiClient;
  let token = "";

  const topicOf = (end: RegExp): string => [...seen.keys()].find((topic) => end.test(topic)) ?? "";
  const lampTopic = (): string => topicOf(/^cpns\/[^/]+\/lamp\/lamp$/);
  const shown = (value: string) =>
    eventually(`the lamp to be ${value}`, () => seen.get(lampTopic()) === value);
  const command = (value: string): Promise<unknown> =>
    reader.publishAsync(`${lampTopic()}/set`, value, { qos: 1 });
  const starts = async (): Promise<Program> =>
    home.gateway("--mqtt", `mqtt://127.0.0.1:${broker.port}`, "--mqtt-user", "house");

  /** Comes in by invitation, or out of its flash after a loss of power. */
  const enrolled = async (
    name: keyof typeof applications,
    store: MemoryStore,
    called: string,
  ): Promise<Hand> => {
    const hand = home.device(store, applications[name], called);
    await hand.enrol();
    hand.enter();
    return hand;
  };

  before(async function () {
    if (few) return this.skip();
    if (mosquitto === undefined) skipped(this, "a household at a broker", "mosquitto", "mosquitto");
    broker = new Broker(await freePort(), home.folder, ["allow_anonymous true"]);
    assert.ok(await broker.start());
    reader = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 200 });
    reader.on("message", (topic, payload) => {
      heard++;
      seen.set(topic, payload.toString());
    });
    await reader.subscribeAsync("#", { qos: 1 });
    server = await home.server();
    await home.user("alice");
    const made = await ran(serverFile, [
      "tokens",
      "add",
      "alice",
      "test",
      "--scopes",
      "read,send",
      ...home.data,
    ]);
    token = made.out.trim();
    gateway = await starts();
    assert.equal((await home.ask("enrol")).code, 0);
    lamp = await enrolled("lamp", flash.lamp, "Lamp");
    remote = await enrolled("remote", flash.remote, "Remote");
    const warm = await enrolled("thermometer", flash.warm, "Warm");
    const all = [lamp, remote, warm];
    await home.shows(/(with keypad, idle[\s\S]*){3}/m);
    const inviting = home.ask("invite");
    const asking = setInterval(() => {
      for (const hand of all) if (hand.text.startsWith("invited")) hand.enter();
    }, 300);
    const invited = await inviting;
    clearInterval(asking);
    assert.equal(invited.code, 0, invited.errors);
    client = new ApiClient(home.port, token);
  });

  after(async () => {
    await reader?.endAsync(true);
    await home.close();
    await broker?.stop();
  });

  it("hears the broker of each device's readings and states (C-30)", async () => {
    await shown("OFF");
    await eventually("a temperature", () => seen.has(topicOf(/\/warm\/temperature$/)));
    assert.match(seen.get(topicOf(/\/warm\/temperature$/)) ?? "", /^2[01]/);
    assert.ok(topicOf(/^homeassistant\/.*\/config$/) !== "", "discovery documents");
  });

  it("has the lamp switched from the broker, from the remote, and from a program at the Server", async () => {
    await command("ON");
    await shown("ON");
    await remote.sees("home");
    remote.enter();
    await remote.sees("application");
    await remote.reads(/Lamp/);
    // The remote has not said anything yet: on, and then off.
    remote.enter();
    await remote.reads(/, on$|, on,/);
    remote.enter();
    await shown("OFF");
    const { topics } = (await client.ask("GET", "/topics")).body as unknown as {
      topics: readonly { device: string; topic: string; direction: string }[];
    };
    const device = topics.find((one) => one.topic === "lamp" && one.direction === "both")?.device ?? "";
    const sent = await client.ask("POST", `/devices/${device}/topics/lamp`, { value: true });
    assert.equal(sent.status, 200, JSON.stringify([sent.body, topics]));
    await shown("ON");
  });

  it("goes on after the broker was stopped: what was switched meanwhile is there, and commands work", async () => {
    await broker.stop();
    seen.clear();
    remote.enter();
    await remote.reads(/, on$|, on,/);
    remote.enter();
    await remote.reads(/, off$|, off,/);
    assert.ok(await broker.start());
    await eventually("the reader", () => reader.connected);
    await reader.subscribeAsync("#", { qos: 1 });
    await shown("OFF");
    await command("ON");
    await shown("ON");
  });

  it("goes on after the PN GW lost its power, and switches nothing by what the broker keeps", async () => {
    await reader.publishAsync(`${lampTopic()}/set`, "OFF", { qos: 1, retain: true });
    await shown("OFF");
    await command("ON");
    await shown("ON");
    await gateway.kill();
    await eventually("the last will", () => seen.get(topicOf(/^cpns\/_gateway\//)) === "offline");
    gateway = await starts();
    await eventually("the gateway", () => seen.get(topicOf(/^cpns\/_gateway\//)) === "online");
    await eventually("the lamp", () => seen.get(topicOf(/\/lamp\/_available$/)) === "online");
    await shown("ON");
    await command("OFF");
    await shown("OFF");
  });

  it("goes on after the lamp lost its power", async () => {
    lamp.device?.stop();
    lamp = home.device(flash.lamp, applications.lamp, "Lamp");
    const before = heard;
    await eventually(
      "the lamp to say what it is again",
      () => heard > before && seen.get(lampTopic()) === "OFF",
    );
    await eventually("the lamp", () => seen.get(topicOf(/\/lamp\/_available$/)) === "online");
    for (const value of ["ON", "OFF"]) {
      await eventually("a command to arrive", () => {
        void command(value);
        return seen.get(lampTopic()) === value;
      });
    }
  });

  it("has told neither a password nor a token to broker or log", () => {
    const all = [...seen].join("\n") + gateway.errors + server.errors;
    assert.ok(all.length > 1_000);
    for (const hidden of [password, token.slice(20, 40)]) assert.equal(all.includes(hidden), false);
  });
});
