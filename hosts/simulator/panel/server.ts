import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sentAssets } from "../display/assets.js";
import type { PanelEvent, PanelHello, PanelNetwork } from "./network.js";
import { readFault, readPress, readTouch, readWish } from "./requests.js";

export interface Panel {
  readonly url: string;
  /** Ends every stream, so that the process can exit at once. */
  close(): void;
}

export interface PanelOptions {
  /** Preferred; the next free one of ten is taken. */
  readonly port: number;
  say(line: string): void;
}

const host = "127.0.0.1";
const build = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const client = "/hosts/simulator/panel/client";
const maximumBody = 1024;
const maximumListeners = 20;
/** A page that reads no more is let go when so many octets wait for it. */
const maximumBacklog = 4_000_000;
const portTries = 10;

const html = "text/html; charset=utf-8";
const css = "text/css; charset=utf-8";
const javascript = "text/javascript; charset=utf-8";
/** The page's own modules, and those of a board's display that it draws with: by their place in the build. */
const modules =
  /^\/(hosts\/simulator\/(display|panel\/client)\/[A-Za-z]+|hosts\/simulator\/panel\/(applications|boards)|src\/device\/display\/colour\/[A-Za-z]+|src\/base\/frozen)\.js$/;

/** The file and type of a page; undefined when there is no such page. */
function assetOf(path: string): readonly [file: string, type: string] | undefined {
  if (path === "/") return [`${client}/index.html`, html];
  if (path === "/panel.css") return [`${client}/panel.css`, css];
  return modules.test(path) ? [path, javascript] : undefined;
}

const headers = Object.freeze({
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
});

/** Listens on the preferred port or a following one. Throws when none of ten is free. */
export async function startPanel(network: PanelNetwork, options: PanelOptions): Promise<Panel> {
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    answer(network, streams, request, response).catch(() => reply(response, 500, "the panel failed"));
  });
  const port = await listen(server, options);
  return {
    url: `http://${host}:${port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function tryPort(server: Server, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const settle = (error?: NodeJS.ErrnoException): void => {
      server.off("error", settle).off("listening", settle);
      resolve(error);
    };
    server.on("error", settle).on("listening", settle).listen(port, host);
  });
}

async function listen(server: Server, options: PanelOptions): Promise<number> {
  let why = "";
  for (let port = options.port; port < options.port + portTries && port <= 65_535; port++) {
    const error = await tryPort(server, port);
    if (error === undefined) {
      if (why !== "") options.say(`cpns: port ${options.port} ${why}; using ${port}`);
      return port;
    }
    if (error.code !== "EADDRINUSE" && error.code !== "EACCES") throw error;
    if (why === "") why = error.code === "EACCES" ? "is not allowed" : "is in use";
  }
  throw new Error(`no free port from ${options.port} on; choose another one with --port`);
}

function reply(response: ServerResponse, status: number, text: string): void {
  if (!response.headersSent)
    response.writeHead(status, { ...headers, "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}

/** Only this machine's own page may talk to us: not another site by its name (DNS rebinding) or its forms. */
function ours(request: IncomingMessage): boolean {
  const name = request.headers.host ?? "";
  const { origin } = request.headers;
  const local = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(name);
  return local && (origin === undefined || origin === `http://${name}`);
}

async function answer(
  network: PanelNetwork,
  streams: Set<ServerResponse>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!ours(request)) return reply(response, 403, "only the panel's own page may use it");
  const [pathname = ""] = (request.url ?? "/").split("?");
  if (request.method === "GET") {
    if (pathname === "/events") return stream(network, streams, response);
    if (pathname === "/assets.json") return json(response, sentAssets());
    const asset = assetOf(pathname);
    const content = asset && (await readFile(join(build, asset[0])).catch(() => undefined));
    if (content === undefined) return reply(response, 404, "there is no such page");
    response.writeHead(200, { ...headers, "Content-Type": asset?.[1] });
    response.end(content);
    return;
  }
  if (request.method !== "POST") return reply(response, 405, "GET or POST");
  if (request.headers["content-type"] !== "application/json") return reply(response, 415, "JSON is expected");
  const body = await read(request);
  if (body === undefined) {
    response.setHeader("Connection", "close");
    return reply(response, 413, `at most ${maximumBody} octets`);
  }
  await post(network, pathname, body, response);
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { ...headers, "Content-Type": "application/json" });
  response.end(JSON.stringify(value));
}

async function post(
  network: PanelNetwork,
  path: string,
  body: string,
  response: ServerResponse,
): Promise<void> {
  const known = network.devices.map((device) => device.id);
  let act: () => unknown;
  try {
    const value: unknown = JSON.parse(body);
    if (path === "/press") {
      const { device, key } = readPress(value, known);
      act = () => network.press(device, key);
    } else if (path === "/touch") {
      const { device, point } = readTouch(value, known);
      act = () => network.touch(device, point);
    } else if (path === "/fault") {
      const fault = readFault(value, known);
      act = () => network.fault(fault);
    } else if (path === "/gateway") {
      const wish = readWish(value, known);
      act = () => network.gateway(wish);
    } else return reply(response, 404, "there is no such action");
  } catch (error) {
    if (error instanceof SyntaxError) return reply(response, 400, "this is no JSON");
    if (error instanceof RangeError) return reply(response, 400, error.message);
    throw error;
  }
  const outcome = await act();
  if (outcome !== undefined) return json(response, outcome);
  response.writeHead(204, headers);
  response.end();
}

/** The body, or undefined when it is too long: the rest is then left unread. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maximumBody) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Server-Sent Events: what was, then what is. */
function stream(network: PanelNetwork, streams: Set<ServerResponse>, response: ServerResponse): void {
  if (streams.size >= maximumListeners) return reply(response, 503, "too many pages are open");
  response.writeHead(200, { ...headers, "Content-Type": "text/event-stream; charset=utf-8" });
  streams.add(response);
  const { devices, demo } = network;
  const send = (event: PanelEvent | PanelHello): void => {
    response.write(`data: ${JSON.stringify(event)}\n\n`);
    if (response.writableLength > maximumBacklog) response.destroy();
  };
  send({ kind: "hello", devices, demo });
  for (const event of network.history()) send(event);
  for (const event of network.screens()) send(event);
  send({ kind: "state", state: network.state() });
  const stop = network.subscribe(send);
  response.on("close", () => {
    stop();
    streams.delete(response);
  });
}
