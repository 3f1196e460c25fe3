import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { openServer } from "../../hosts/server/open.js";
import { silentLog } from "../../src/base/ports.js";
import { Crowd, crowd, crowdUsers, networks } from "./devices.js";
import { authenticate, type GatewayKey, makeGateways } from "./gateways.js";
import { Leg } from "./leg.js";
import { parts } from "./parts.js";
import { ServerProcess } from "./process.js";
import { proversOf, Relay } from "./relays.js";
import { makeUsers } from "./users.js";

/*
 * `npm run bench -- server [USERS…]`: what one Server process does over HTTPS with durable commits. The clients, devices
 * with their own cryptography among them, run in this process: on two cores, each has one.
 */

/** PN GWs that ask at once, each from an address of its own: the Server takes 60 of its requests, and 5 more a second. */
const gateways = 64;
const authenticationsEach = 16;
const enrolmentsEach = 8;
/**
 * Before anything counts: a Server that has just started compiles its code, and takes twice the time for it until each of
 * some thousand requests was answered.
 */
const warmingEach = 40;
/** Of what each device of the crowd does. */
const rounds = 8;
const ports = [17_443, 17_444] as const;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const told = process.argv.slice(2).map(Number);
const sizes = told.length > 0 ? told : [1_000, 10_000];
if (sizes.some((one) => !Number.isInteger(one) || one < crowd || one > 1_000_000)) {
  process.stderr.write(`cpns: bench server takes numbers of users, ${crowd} to 1000000\n`);
  process.exit(2);
}
interface Measured {
  readonly perSecond: number;
  readonly serverCpu: number;
  readonly p50: number;
  readonly p99: number;
}

/** How many of something a second, the Server's CPU for one in milliseconds, and how long its answers took. */
async function measure(
  server: ServerProcess,
  leg: Leg,
  count: number,
  work: () => Promise<void>,
): Promise<Measured> {
  leg.percentiles();
  const before = await server.used();
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  const { cpu } = await server.used();
  return { perSecond: count / seconds, serverCpu: ((cpu - before.cpu) * 1000) / count, ...leg.percentiles() };
}

function row(name: string, { perSecond, serverCpu, p50, p99 }: Measured): void {
  const columns = [
    perSecond.toFixed(0),
    serverCpu.toFixed(2),
    (1000 / serverCpu).toFixed(0),
    p50.toFixed(1),
    p99.toFixed(1),
  ];
  say(`  ${name.padEnd(34)}${columns.map((one) => one.padStart(10)).join("")}`);
}

type Gateways = readonly GatewayKey[];

/** Each of them does this, so often, one after the other. */
const each = async (of: Gateways, times: number, work: Work): Promise<void> => {
  await Promise.all(
    of.map(async (gateway, index) => {
      for (let i = 0; i < times; i++) await work(gateway, index, i);
    }),
  );
};
type Work = (gateway: GatewayKey, index: number, time: number) => Promise<void>;

/** Connections are made, code is compiled, and SQLite's log has its size, before anything counts. */
async function handshakes(server: ServerProcess, leg: Leg, made: Gateways): Promise<void> {
  const once: Work = (gateway, index) => authenticate(leg, gateway, index + 1);
  // No address has the budget for all of them.
  for (let i = 0; i < warmingEach; i += authenticationsEach) {
    const from = 10_000 + gateways * i;
    await each(made, authenticationsEach, (gateway, index) => authenticate(leg, gateway, from + index));
  }
  await each(made, 4, once);
  const work = (): Promise<void> => each(made, authenticationsEach, once);
  row("authentications, 64 at once", await measure(server, leg, made.length * authenticationsEach, work));
}

async function enrolments(
  server: ServerProcess,
  leg: Leg,
  made: Gateways,
  provers: Awaited<ReturnType<typeof proversOf>>,
): Promise<void> {
  // From addresses of their own again: the budgets of those before are used up.
  const relays = await Promise.all(made.map((gateway, i) => Relay.open(leg, gateway, 100 + i)));
  const enrol =
    (kind: string): Work =>
    async (_, index, time) => {
      const user = crowdUsers[index] ?? "";
      const password = provers.get(user);
      if (password !== undefined)
        await relays[index]?.enrol(`bench-${kind}-${index}-${time}`, user, password());
    };
  await each(made, warmingEach, enrol("warm"));
  const work = (): Promise<void> => each(made, enrolmentsEach, enrol("pne"));
  row("enrolments, 64 at once", await measure(server, leg, made.length * enrolmentsEach, work));
}

async function crowded(server: ServerProcess, leg: Leg): Promise<void> {
  const devices = new Crowd(leg);
  await devices.start();
  const repeat = (work: () => Promise<void>) => async (): Promise<void> => {
    for (let i = 0; i < rounds; i++) await work();
  };
  const setUp = (): Promise<void> =>
    devices.all(
      () => ({ kind: "createPN" }),
      () => ({ kind: "leavePN" }),
    );
  await setUp();
  row(`PN set up and left, ${networks} at once`, await measure(server, leg, crowd * rounds, repeat(setUp)));
  await devices.all(() => ({ kind: "createPN" }));
  const message = (): Promise<void> =>
    devices.all(() => ({ kind: "sendToServer", text: "0123456789abcdef" }));
  await message();
  row(`messages, ${networks} at once`, await measure(server, leg, crowd * rounds, repeat(message)));
}

async function atSize(users: number, database: string | undefined): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "cpns-bench-"));
  const values = { data: folder, realm: "cpns.example", ...(database !== undefined && { database }) };
  const open = await openServer(values, silentLog, true);
  await makeUsers(open, users);
  const made = await makeGateways(open, gateways);
  const provers = await proversOf(open);
  const alone = users === sizes[0] ? await parts(folder, open, made) : [];
  await open.database.close();
  const server = await ServerProcess.start(folder, database, ports);
  const leg = new Leg(server.port);
  try {
    say(`\n${users} users, ${database === undefined ? "SQLite" : "PostgreSQL"}`);
    const columns = ["a second", "CPU ms", "CPU bound", "p50 ms", "p99 ms"];
    say(`  ${"".padEnd(34)}${columns.map((one) => one.padStart(10)).join("")}`);
    await handshakes(server, leg, made);
    await enrolments(server, leg, made, provers);
    await crowded(server, leg);
    const { memory } = await server.used();
    for (const { name, least, middle } of alone)
      say(`  ${name.padEnd(44)}${least.toFixed(2).padStart(10)}${middle.toFixed(2).padStart(10)}`);
    say(`  memory of the Server: ${Math.round(memory / 1_048_576)} MB`);
  } finally {
    leg.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const [cpu] = cpus();
say(`Node ${process.version}, ${cpus().length} × ${cpu?.model}`);
for (const users of sizes) {
  await atSize(users, process.env.CPNS_BENCH_DATABASE);
}
