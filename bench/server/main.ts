import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { openServer } from "../../hosts/server/open.js";
import { silentLog } from "../../src/base/ports.js";
import { crowd, Devices } from "./devices.js";
import { authenticate, makeGateways } from "./gateways.js";
import { Leg } from "./leg.js";
import { ServerProcess } from "./process.js";
import { makeUsers } from "./users.js";

/*
 * `npm run bench -- server [USERS…]`: what one Server process does over HTTPS with durable commits. The clients, devices
 * with their own cryptography among them, run in this process: on two cores, each has one.
 */

const rounds = 4;
/** PN GWs that authenticate at once, each from an address of its own: the Server takes 60 of its requests. */
const gateways = 64;
const authenticationsEach = 16;
const ports = [17_443, 17_444] as const;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

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

async function atSize(users: number, database: string | undefined): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "cpns-bench-"));
  const values = { data: folder, realm: "cpns.example", ...(database !== undefined && { database }) };
  const open = await openServer(values, silentLog, true);
  await makeUsers(open, users);
  const made = await makeGateways(open, gateways);
  await open.database.close();
  const server = await ServerProcess.start(folder, database, ports);
  const leg = new Leg(server.port);
  try {
    say(`\n${users} users, ${database === undefined ? "SQLite" : "PostgreSQL"}`);
    say(
      `  ${"".padEnd(34)}${["a second", "CPU ms", "CPU bound", "p50 ms", "p99 ms"].map((one) => one.padStart(10)).join("")}`,
    );
    const handshakes = (each: number) => async (): Promise<void> => {
      await Promise.all(
        made.map(async (gateway, index) => {
          for (let i = 0; i < each; i++) await authenticate(leg, gateway, index + 1);
        }),
      );
    };
    // Connections are made, and code is compiled, before anything counts.
    await handshakes(2)();
    const authenticated = await measure(
      server,
      leg,
      gateways * authenticationsEach,
      handshakes(authenticationsEach),
    );
    row("authentications, 64 PN GWs at once", authenticated);
    const devices = new Devices(leg);
    await devices.start();
    await devices.all(devices.enrol);
    const repeat = (work: () => Promise<void>) => async (): Promise<void> => {
      for (let i = 0; i < rounds; i++) await work();
    };
    const times = crowd * rounds;
    row(
      "enrolments",
      await measure(
        server,
        leg,
        times,
        repeat(() => devices.all(devices.enrol)),
      ),
    );
    const setUp = async (): Promise<void> => {
      await devices.all(() => ({ kind: "createPN" }));
      await devices.all(() => ({ kind: "leavePN" }));
    };
    row("PN set up and left, in turn", await measure(server, leg, times, repeat(setUp)));
    await devices.all(() => ({ kind: "createPN" }));
    const message = (): Promise<void> =>
      devices.all(() => ({ kind: "sendToServer", text: "0123456789abcdef" }));
    row("messages of a device, in turn", await measure(server, leg, times, repeat(message)));
    const { memory } = await server.used();
    say(`  memory of the Server: ${Math.round(memory / 1_048_576)} MB`);
  } finally {
    leg.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const sizes = process.argv.slice(2).map(Number);
if (sizes.some((one) => !Number.isInteger(one) || one < crowd || one > 1_000_000)) {
  process.stderr.write(`cpns: bench server takes numbers of users, ${crowd} to 1000000\n`);
  process.exit(2);
}
const [cpu] = cpus();
say(`Node ${process.version}, ${cpus().length} × ${cpu?.model}`);
for (const users of sizes.length > 0 ? sizes : [1_000, 10_000]) {
  await atSize(users, process.env.CPNS_BENCH_DATABASE);
}
