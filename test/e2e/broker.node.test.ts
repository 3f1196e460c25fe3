import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { applications } from "../../apps/virtual.js";
import { ApiClient } from "../support/apiClient.js";
import { Broker, mosquitto } from "../support/broker.js";
import { PageClient, pagePassword } from "../support/gatewayPage.js";
import { HookTarget } from "../support/hookTarget.js";
import { freePort, type Hand, Household, password, serverFile } from "../support/household.js";
import { tapPrograms } from "../support/keyTap.js";
import { MemoryStore } from "../support/memoryStore.js";
import type { OpenStream } from "../support/openStream.js";
import { type Program, ran } from "../support/programs.js";
import { unlessFew } from "../support/sampled.js";
import { keysIn, Listened } from "../support/secrets.js";
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
  /** What gets out of the house, and what may not. */
  const listened = new Listened();
  const secrets = new Map<string, string | Uint8Array>();
  const brokerPassword = "behind the water butt";
  let untap = (): void => {};
  let target: HookTarget;
  let stream: OpenStream;
  let page: PageClient;
  let metrics = 0;

  const topicOf = (end: RegExp): string => [...seen.keys()].find((topic) => end.test(topic)) ?? "";
  const lampTopic = (): string => topicOf(/^cpns\/[^/]+\/lamp\/lamp$/);
  const shown = (value: string) =>
    eventually(`the lamp to be ${value}`, () => seen.get(lampTopic()) === value);
  const command = (value: string): Promise<unknown> =>
    reader.publishAsync(`${lampTopic()}/set`, value, { qos: 1 });
  /** Says it until it is done: the lamp may be on its way back. */
  const switches = (value: string): Promise<void> =>
    eventually(`the lamp to be switched ${value}`, () => {
      void command(value);
      return seen.get(lampTopic()) === value;
    });
  const starts = async (): Promise<Program> =>
    home.gateway(
      ...["--mqtt", `mqtt://127.0.0.1:${broker.port}`, "--mqtt-user", "house"],
      ...["--page", `127.0.0.1:${page.port}`],
    );

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
    unlessFew(this, "a household with a broker");
    if (mosquitto === undefined) skipped(this, "a household at a broker", "mosquitto", "mosquitto");
    broker = new Broker(await freePort(), home.folder, ["allow_anonymous true"]);
    assert.ok(await broker.start());
    reader = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 200 });
    reader.on("message", (topic, payload) => {
      heard++;
      listened.add("MQTT", topic, payload);
      seen.set(topic, payload.toString());
    });
    await reader.subscribeAsync("#", { qos: 1 });
    untap = tapPrograms(join(home.folder, "keys"), { CPNS_MQTT_PASSWORD: brokerPassword });
    [page, metrics] = [new PageClient(await freePort()), await freePort()];
    server = await home.server(["--metrics", `127.0.0.1:${metrics}`, "--webhooks", "any"]);
    await home.user("alice");
    const made = await ran(serverFile, [
      "tokens",
      "add",
      "alice",
      "test",
      "--scopes",
      "read,send,stream,webhooks",
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
    target = await HookTarget.open();
    const hook = (await client.ask("POST", "/webhooks", { url: target.url })).body as { secret: string };
    secrets.set("a webhook's key", Buffer.from(hook.secret.slice("whsec_".length), "base64"));
    stream = await client.stream("0");
  });

  after(async () => {
    untap();
    stream?.close();
    await target?.close();
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
    // The remote has not said anything yet, and the lamp is on.
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
    await remote.reads(/, switched$|, switched,/);
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
    listened.add("logs", gateway.out, gateway.errors);
    await gateway.kill();
    await eventually("the last will", () => seen.get(topicOf(/^cpns\/_gateway\//)) === "offline");
    gateway = await starts();
    await eventually("the gateway", () => seen.get(topicOf(/^cpns\/_gateway\//)) === "online");
    await eventually("the lamp", () => seen.get(topicOf(/\/lamp\/_available$/)) === "online");
    await shown("ON");
    await switches("OFF");
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
    for (const value of ["ON", "OFF"]) await switches(value);
  });

  /** What can be read of the house from outside, by those who may read it. */
  async function listens(): Promise<void> {
    const [, code] = await gateway.says(/\b([A-Z2-9]{4}-[A-Z2-9]{4})\b/);
    secrets.set("the page's password", pagePassword);
    assert.equal((await page.begin("/set-up", { code, password: pagePassword })).status, 200);
    for (const path of ["/", "/state"]) listened.add("pages", (await page.send("GET", path)).body);
    for (const kind of ["view", "status", "guests"])
      listened.add("pages", (await page.post("/ask", { ask: kind })).body);
    for (const path of ["/devices", "/networks", "/topics", "/webhooks", "/tokens"])
      listened.add("API", JSON.stringify((await client.ask("GET", path)).body));
    const pages = new PageClient(home.port);
    for (const path of ["/", "/about", "/api/v1/openapi.json", "/nowhere"])
      listened.add("pages", (await pages.send("GET", path)).body);
    for (const path of ["/metrics", "/readyz", "/healthz"])
      await new Promise<void>((resolve) => {
        get({ host: "127.0.0.1", port: metrics, path }, (response) => {
          response.on("data", (part: Buffer) => listened.add("metrics", part)).on("end", resolve);
        });
      });
    for (const { headers, body } of target.heard) listened.add("webhooks", JSON.stringify(headers), body);
    listened.add("streams", JSON.stringify(stream.events));
    for (const one of [gateway, server]) listened.add("logs", one.out, one.errors);
    const { out, errors } = await home.ask("status");
    listened.add("logs", out, errors);
    assert.match(out, /^ {2}member {2}[0-9a-f]+ Lamp: lamp OFF, toggle$/m);
  }

  it("has told no key, password or token to broker, logs, webhooks, metrics, pages and streams", async () => {
    await listens();
    const keys = readFileSync(join(home.folder, "keys"), "utf8").trim().split("\n");
    for (const key of keys) secrets.set(`key ${key}`, Buffer.from(key, "hex"));
    for (const folder of ["server", "gw"])
      for (const [name, line] of keysIn(join(home.folder, folder))) secrets.set(`${folder} ${name}`, line);
    secrets.set("the User's password", password);
    secrets.set("the broker's password", brokerPassword);
    secrets.set("the token", token.slice(20, 50));
    secrets.set("the token's octets", Buffer.from(token.slice(5), "base64url").subarray(8));
    assert.ok(keys.length > 100, `${keys.length} keys`);
    for (const [where, length] of Object.entries(listened.lengths)) assert.ok(length > 200, where);
    assert.deepEqual(Object.keys(listened.lengths).sort(), [
      ...["API", "MQTT", "logs", "metrics", "pages", "streams", "webhooks"],
    ]);
    assert.deepEqual(listened.find(secrets), []);
    const key = keys.at(-1) ?? "";
    for (const form of ["hex", "base64", "base64url", "latin1"] as const) {
      const planted = new Listened();
      planted.add(
        "a log",
        Buffer.concat([Buffer.from("xy"), Buffer.from(key, "hex"), Buffer.from("z")]).toString(form),
      );
      assert.deepEqual(planted.find(secrets), [`a log: key ${key}`], form);
    }
  });
});
