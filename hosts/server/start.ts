import { isIP } from "node:net";
import { performance } from "node:perf_hooks";
import type { Log, LogValue } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import { longestHistory } from "../../src/database/rows/programs.js";
import { AccountServer } from "../../src/protocols/account/server.js";
import { Server } from "../../src/server/server.js";
import { type Certificate, ownCertificate, readCertificate } from "../node/https/certificate.js";
import type { Pages } from "../node/pages/serve.js";
import { called } from "../node/program/called.js";
import { toldToEnd } from "../node/program/ending.js";
import { JsonLog } from "../node/program/jsonLog.js";
import { lineOf } from "../node/program/main.js";
import { Misuse, Refusal } from "../node/program/misuse.js";
import { placeOf, type Values, wholeNumber } from "../node/program/settings.js";
import { doorLog } from "../node/program/sparingLog.js";
import { ProgramInterface } from "./api/interface.js";
import type { Targets } from "./api/target.js";
import { type Handle, Listener } from "./listener.js";
import { lockData } from "./lock.js";
import { healthServer, Metrics } from "./metrics.js";
import { dataFolder, makeDataFolder, openServer } from "./open.js";
import { pages } from "./pages/serve.js";
import { Readiness } from "./readiness.js";
import { serverCall } from "./settings.js";

/** Between two sweeps of what is over. */
const sweepTime = 60_000;
const hour = 3_600_000;

/** A log whose events are counted, too. */
class CountingLog implements Log {
  readonly #log: Log;
  readonly #metrics: Metrics;

  constructor(log: Log, metrics: Metrics) {
    this.#log = log;
    this.#metrics = metrics;
  }

  event(name: string, fields?: Readonly<Record<string, LogValue>>): void {
    this.#metrics.event(name);
    this.#log.event(name, fields);
  }
}

/** Answers, and counts how long that took; a poll that is held has its own count. */
const measured =
  (server: Server, metrics: Metrics): Handle =>
  async (request, address) => {
    const began = performance.now();
    const answered = await server.begin(request, address);
    metrics.answered(performance.now() - began);
    return answered instanceof Uint8Array ? answered : { held: metrics.polling(answered.held) };
  };

/** The first that has such a page. */
export const either =
  (...all: readonly Pages[]): Pages =>
  async (request, response) => {
    for (const one of all) if (await one(request, response)) return true;
    return false;
  };

async function certificateOf(values: Values): Promise<Certificate> {
  const { cert, key } = values;
  if (cert !== undefined && key !== undefined) return readCertificate(cert, key);
  return ownCertificate(dataFolder(values), hostsOf(values));
}

/** Names and addresses of the Server, one at least. Throws Misuse. */
export function hostsOf({ hosts = "" }: Values): readonly string[] {
  const names = hosts.split(",").map((name) => name.trim());
  for (const name of names)
    if (isIP(name) === 0 && !/^(?:\*\.)?\w(?:[\w.-]*\w)?$/.test(name))
      throw new Misuse("--hosts takes names and addresses, with commas between them");
  return names;
}

/** Throws Misuse. */
const historyOf = ({ history = "" }: Values): Milliseconds =>
  Milliseconds(wholeNumber("--history", history, 0, longestHistory / hour) * hour);

/** Throws Misuse. */
function targetsOf({ webhooks }: Values): Targets {
  if (webhooks === "public" || webhooks === "any" || webhooks === "no") return webhooks;
  throw new Misuse("--webhooks takes public, any or no");
}

/** Runs the Server until SIGINT or SIGTERM. */
export async function start(values: Values): Promise<void> {
  const place = placeOf("--listen", values.listen ?? "");
  hostsOf(values);
  historyOf(values);
  targetsOf(values);
  const health = placeOf("--metrics", values.metrics ?? "");
  if ((values.cert === undefined) !== (values.key === undefined)) {
    throw new Misuse("--cert and --key belong together");
  }
  const metrics = new Metrics();
  makeDataFolder(values);
  const lock = lockData(dataFolder(values));
  const log = new CountingLog(doorLog(new JsonLog((line) => process.stderr.write(line))), metrics);
  const certificate = await certificateOf(values);
  const { store, ports, database } = await openServer(values, log, true);
  const programs = new ProgramInterface({
    ports,
    history: historyOf(values),
    targets: targetsOf(values),
    shared: values.database !== undefined,
    log,
  });
  const server = new Server({ ...ports, said: programs.said });
  const account = new AccountServer(ports);
  const listener = new Listener({
    certificate,
    handle: measured(server, metrics),
    pages: either(
      programs.pages((...value) => server.sendTopic(...value)),
      pages({
        serverID: ports.serverID,
        closed: values.closed !== undefined,
        now: () => ports.clock.now(),
        handle: (request, origin) => account.handle(request, origin),
        log: (event, fields) => log.event(event, fields),
      }),
    ),
    log: (event, fields) => log.event(event, fields),
    counted: (status) => metrics.request(status),
  });
  const readiness = new Readiness(ports);
  const healthListener = healthServer({ metrics, ready: () => readiness.ready() });
  const port = await listener.listen(place.port, place.host).catch(named("--listen"));
  await new Promise<void>((resolve, reject) => {
    healthListener.once("error", reject).listen(health.port, health.host ?? "127.0.0.1", resolve);
  }).catch(named("--metrics"));
  greet(values, certificate, port);
  const sweeping = setInterval(() => {
    store.sweep().catch((error: unknown) => log.event("server.sweepFailed", { error: String(error) }));
  }, sweepTime);
  process.on("SIGHUP", () => {
    certificateOf(values).then(
      (fresh) => {
        listener.renew(fresh);
        log.event("server.certificate", { pin: fresh.pin });
      },
      (error: unknown) => log.event("server.certificateFailed", { error: String(error) }),
    );
  });
  await toldToEnd();
  readiness.stop();
  server.stop();
  programs.stop();
  clearInterval(sweeping);
  await listener.close();
  healthListener.close();
  healthListener.closeAllConnections();
  await database.close();
  lock.release();
  process.stdout.write("cpns server: stopped\n");
}

/** Which setting an address is of that cannot be had. */
const named =
  (setting: string) =>
  (error: unknown): never => {
    throw new Refusal(`${lineOf(error)} (${setting})`);
  };

function greet(values: Values, { pin }: Certificate, port: number): void {
  const [host = "localhost"] = hostsOf(values);
  const address = `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const lines = [
    `running at ${address}`,
    `a gateway joins it by: ${called("gateway")} --server ${address} --pin ${pin}`,
    values.closed === undefined
      ? `people register at ${address}/#register`
      : `people are registered by: ${serverCall("users add NAME", dataFolder(values))}`,
  ];
  for (const line of lines) process.stdout.write(`cpns server: ${line}\n`);
}
