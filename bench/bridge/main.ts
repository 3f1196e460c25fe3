import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { connectAsync } from "mqtt";
import { MqttBridge } from "../../hosts/gateway/mqtt/bridge.js";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { Network } from "../../hosts/simulator/network/network.js";
import { WallClock } from "../../hosts/simulator/world/clock.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import type { Application, Context } from "../../src/device/application/application.js";
import { freePort } from "../../test/support/household.js";

/*
 * `npm run bench -- bridge [MINUTES]`: 64 devices in four networks, each with a reading a second, through one PN GW and
 * its bridge to a Mosquitto, to one who subscribes there: how long a reading takes, and whether memory grows. Radio at a
 * connection interval of 30 ms; devices, PN GW and Server are in this process, in its own time.
 */

const count = 64;
const networks = 4;
const each = count / networks;
const period = 1_000;
/** In ms, and octets that the process may have grown by, garbage collected, from its second minute to its last. */
const budget = { p99: 1_000, growth: 2_000_000 };
const minutes = Number(process.argv[2] ?? 10);

const say = (text: string): void => void process.stdout.write(`${text}\n`);
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 1_200) throw new Error(`waited for ${what}`);
    await pause(100);
  }
}

const contexts: Context[] = [];
const thermometer = (index: number): Application => ({
  name: "Thermometer",
  contents: [{ name: "temperature", kind: "number", direction: "offers", unit: "°C" }],
  start(context) {
    contexts[index] = context;
    return {};
  },
});

const folder = mkdtempSync(join(tmpdir(), "cpns-bridge-"));
const port = await freePort();
writeFileSync(
  join(folder, "mosquitto.conf"),
  `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`,
);
const path = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;
const broker = spawn("mosquitto", ["-c", join(folder, "mosquitto.conf")], {
  stdio: "ignore",
  env: { ...process.env, PATH: path },
});
broker.on("error", () => {
  say("skipped: mosquitto is missing; install it with: apt-get install mosquitto");
  process.exit();
});

const credentials = (userID: string) => ({ userID: ascii(userID), password: ascii("wonderland") });
const clock = new WallClock();
let bridge: MqttBridge | undefined;
const network = new Network({
  ...{ clock, seed: "bridge", mtu: 185, interval: Milliseconds(30), pneSuite: nodeSuite },
  devices: Array.from({ length: count }, (_, i) => ({
    ...{ id: `d${i}`, name: `d${i}`, keypad: "matrix" as const, secure: false, reachable: true },
    application: () => thermometer(i),
  })),
  observer: { gateway: (notice) => bridge?.take(notice) },
});
const view = (index: number) => network.device(`d${index}`).pne?.view;
const all = Array.from({ length: count }, (_, i) => i);

/** Everybody enrolled, and in a network of sixteen. */
async function settle(): Promise<void> {
  await network.start([{ userID: "alice", password: "wonderland" }]);
  await pause(1_000);
  for (const i of all) {
    network.device(`d${i}`).command({ kind: "enrol", ...credentials("alice") });
    await eventually(`d${i} to be enrolled`, () => view(i)?.keys === "enrolled");
  }
  await pause(8_000);
  for (let first = 0; first < count; first += each) {
    const invited = all.slice(first + 1, first + each);
    network.device(`d${first}`).command({
      ...{ kind: "createPN", alias: `Floor ${first / each}` },
      who: invited.map((i) => view(i)?.entityID ?? ""),
    });
    await pause(2_000);
    for (const i of invited) network.device(`d${i}`).command({ kind: "acceptInvitation" });
    const members = [first, ...invited];
    await eventually(`network ${first / each}`, () => members.every((i) => contexts[i]?.state === "here"));
  }
}

try {
  const began = performance.now();
  await settle();
  say(`${count} devices in ${networks} networks after ${((performance.now() - began) / 1000).toFixed(0)} s`);
  bridge = new MqttBridge({
    ...{ url: `mqtt://127.0.0.1:${port}`, access: {} },
    layout: { prefix: "cpns", gateway: hex(network.gatewayID), discovery: "homeassistant" },
    log: { event() {} },
    pns: () => network.gateway.networks,
    send: async () => ({ value: undefined }),
    kept: { read: () => [], write() {} },
    levels: { read: () => [], write() {} },
    say,
  });
  bridge.start();
  await eventually("the broker", () => bridge?.state.connected === true);

  /** When each reading was said, by its value, which no other has. */
  const said = new Map<number, number>();
  const took: number[] = [];
  let sent = 0;
  let replaced = 0;
  let failed = 0;
  const reader = await connectAsync(`mqtt://127.0.0.1:${port}`);
  await reader.subscribeAsync("cpns/+/+/temperature", { qos: 1 });
  reader.on("message", (_topic, payload) => {
    const at = said.get(Number(payload));
    if (at === undefined) return;
    took.push(performance.now() - at);
    said.delete(Number(payload));
  });
  const timers: NodeJS.Timeout[] = [];
  for (const i of all) {
    await pause(period / count);
    const tell = (): void => {
      const value = ++sent;
      said.set(value, performance.now());
      contexts[i]?.send("gateway", "temperature", value, {
        done: (code) => {
          if (code === undefined) return;
          said.delete(value);
          if (code === "topic.dropped") replaced++;
          else failed++;
        },
      });
    };
    timers.push(setInterval(tell, period));
  }
  const memory: number[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    await pause(60_000);
    collect();
    memory.push(process.memoryUsage().heapUsed);
    say(
      `minute ${minute}: ${((memory.at(-1) ?? 0) / 1e6).toFixed(1)} MB in use, ${took.length} readings there`,
    );
  }
  for (const one of timers) clearInterval(one);
  await pause(3_000);
  const sorted = [...took].sort((a, b) => a - b);
  const part = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  const growth = (memory.at(-1) ?? 0) - (memory[1] ?? memory[0] ?? 0);
  const within = part(0.99) <= budget.p99 && growth <= budget.growth && failed === 0 && said.size === 0;
  say(`${sent} readings said, ${took.length} there; ${replaced} replaced by newer ones, ${failed} failed`);
  say(`lost on the way: ${said.size}`);
  say(
    `from device to subscriber, ms: half within ${part(0.5)}, 99 % within ${part(0.99)} (budget ${budget.p99}), all within ${part(1 - 1 / sorted.length)}`,
  );
  say(
    `grown from the second minute to the last: ${(growth / 1e6).toFixed(2)} MB (budget ${budget.growth / 1e6})`,
  );
  if (!within) process.exitCode = 1;
  await reader.endAsync(true);
  await bridge.stop();
} finally {
  broker.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
