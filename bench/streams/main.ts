import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { tokenText } from "../../hosts/server/api/credentials.js";
import { openServer } from "../../hosts/server/open.js";
import { ascii, hex } from "../../src/base/octets.js";
import { silentLog } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import { keep } from "../../src/server/programs/readings.js";
import { makeToken } from "../../src/server/programs/tokens.js";
import { Server } from "../../src/server/server.js";
import { ServerProcess } from "../server/process.js";

/*
 * `npm run bench -- streams`: what 1 000 streams of events cost one Server process, over HTTPS. Each takes up 20 events that
 * it has missed, and then stays; 1 000 on one Server are to take 200 MB at most.
 */

const users = 100;
const streamsEach = 10;
const eventsEach = 20;
const ports = [17_445, 17_446] as const;
const budget = 200;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Users with a token and events each, in the Server's own database. */
async function furnish(data: string): Promise<readonly string[]> {
  const open = await openServer({ data, realm: "cpns.example" }, silentLog, true);
  const server = new Server(open.ports);
  const tokens: string[] = [];
  for (let i = 0; i < users; i++) {
    const name = ascii(`user${i}`);
    await server.registerUser(name, ascii("a quiet kitchen table"));
    await open.store.transaction(async (tables) => {
      const user = await tables.users.get(hex(name));
      if (user === undefined) throw new Error("no user");
      tokens.push(
        tokenText((await makeToken(open.ports, tables, user, { name: "bench", scopes: ["stream"] })).octets),
      );
      const topic = { name: "temperature", kind: "number", unit: "°C" };
      const said = { entityID: ascii(`device${i}`), owner: user.identity, topic };
      for (let n = 0; n < eventsEach; n++)
        await keep(tables, { ...said, value: 20 + n / 10 }, open.ports.clock.now(), Milliseconds(86_400_000));
    });
  }
  await open.database.close();
  return tokens;
}

/** Resolves once the stream has all of the events; it stays open. */
function stream(token: string, from: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, "Last-Event-ID": "0" };
  const place = { host: "127.0.0.1", port: ports[0], path: "/api/v1/stream", localAddress: from };
  return new Promise((resolve, reject) => {
    const asking = request({ ...place, headers, rejectUnauthorized: false, agent: false }, (response) => {
      let count = 0;
      response.setEncoding("utf8").on("data", (part: string) => {
        count += part.split("event: reading").length - 1;
        if (count >= eventsEach) resolve();
      });
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
    });
    asking.on("error", reject).end();
  });
}

const folder = mkdtempSync(join(tmpdir(), "cpns-streams-"));
try {
  const data = join(folder, "server");
  const tokens = await furnish(data);
  const server = await ServerProcess.start(data, undefined, ports);
  const before = await server.used();
  const began = performance.now();
  // Fifty at once, as clients come back after a restart; an address has 512 connections at most.
  const all = Array.from({ length: users * streamsEach }, (_, i) => i);
  while (all.length > 0) {
    await Promise.all(
      all.splice(0, 50).map((i) => stream(tokens[i % users] ?? "", `127.0.0.${2 + Math.floor(i / 400)}`)),
    );
  }
  const seconds = (performance.now() - began) / 1000;
  const after = await server.used();
  // Two signs of life: what was needed to open them is collected.
  await new Promise((resolve) => setTimeout(resolve, 35_000));
  const later = await server.used();
  const memory = later.memory / 1e6;
  say(`${users * streamsEach} streams, ${eventsEach} events each, in ${seconds.toFixed(1)} s`);
  say(
    `memory, MB: ${(before.memory / 1e6).toFixed(0)} before, ${(after.memory / 1e6).toFixed(0)} when they are open, ${memory.toFixed(0)} later (budget ${budget})`,
  );
  say(
    `CPU of the Server for each: ${(((after.cpu - before.cpu) * 1000) / (users * streamsEach)).toFixed(1)} ms`,
  );
  if (memory > budget) process.exitCode = 1;
  await server.stop();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
