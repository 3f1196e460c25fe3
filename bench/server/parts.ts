import { spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:https";
import { fileURLToPath } from "node:url";
import type { OpenServer } from "../../hosts/server/open.js";
import { Server } from "../../src/server/server.js";
import { crowdUsers } from "./devices.js";
import { authenticate, type GatewayKey } from "./gateways.js";
import { type Asks, Leg } from "./leg.js";
import { proversOf, Relay } from "./relays.js";

const bare = fileURLToPath(new URL("./bare.js", import.meta.url));
const batches = 7;

/** CPU of one of something in milliseconds: the least of several batches, and their middle. */
export interface Part {
  readonly name: string;
  readonly least: number;
  readonly middle: number;
}

async function part(
  name: string,
  count: number,
  cpu: () => Promise<number>,
  work: (batch: number) => Promise<unknown>,
): Promise<Part> {
  await work(batches);
  await work(batches + 1);
  const each: number[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const before = await cpu();
    await work(batch);
    each.push(((await cpu()) - before) / 1_000 / count);
  }
  each.sort((a, b) => a - b);
  return { name, least: each[0] ?? 0, middle: each[(batches - 1) / 2] ?? 0 };
}

const own = async (): Promise<number> => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Two requests that node:https answers with nothing behind them, 64 connections at once. */
async function httpsAlone(folder: string): Promise<Part> {
  const child = spawn(process.execPath, [bare, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await once(child.stdout, "data");
  const port = Number(said);
  const leg = new Leg(port);
  const cpu = (): Promise<number> =>
    new Promise((resolve, reject) => {
      get({ host: "127.0.0.1", port, rejectUnauthorized: false, agent: false }, (response) => {
        response.on("data", (text) => resolve(Number(text)));
      }).on("error", reject);
    });
  const request = new Uint8Array(100);
  const rounds = 16;
  const work = (): Promise<unknown> =>
    Promise.all(
      Array.from({ length: 64 }, async (_, i) => {
        for (let n = 0; n < rounds; n++) await leg.ask(request, i + 1);
      }),
    );
  try {
    return await part("two requests of HTTPS alone", (64 * rounds) / 2, cpu, work);
  } finally {
    leg.close();
    child.kill();
  }
}

/** What a Server's operations are made of, each by itself; of the last two, the other side's part is in it. */
export async function parts(
  folder: string,
  open: OpenServer,
  made: readonly GatewayKey[],
): Promise<readonly Part[]> {
  const server = new Server(open.ports);
  const leg: Asks = {
    ask: async (octets) => {
      const answer = await server.begin(octets, "127.0.0.1");
      return answer instanceof Uint8Array ? answer : answer.held;
    },
  };
  const provers = await proversOf(open);
  const relays = await Promise.all(made.map((gateway, i) => Relay.open(leg, gateway, i)));
  const of = (work: (index: number, batch: number) => Promise<void>, times: number) => (batch: number) =>
    Promise.all(
      made.map(async (_, index) => {
        for (let n = 0; n < times; n++) await work(index, batch * times + n);
      }),
    );
  const enrol = async (index: number, n: number): Promise<void> => {
    const user = crowdUsers[index] ?? "";
    const password = provers.get(user);
    if (password !== undefined) await relays[index]?.enrol(`part-${index}-${n}`, user, password());
  };
  const handshake = async (index: number): Promise<void> => {
    const gateway = made[index];
    if (gateway !== undefined) await authenticate(leg, gateway, index + 1);
  };
  return [
    await httpsAlone(folder),
    await part("an enrolment without HTTPS, both sides", made.length, own, of(enrol, 1)),
    await part("an authentication without HTTPS, both", made.length * 4, own, of(handshake, 4)),
  ];
}
