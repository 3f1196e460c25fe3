import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { CpnsError } from "../../../src/base/errors.js";
import { ascii, fromHex, hex } from "../../../src/base/octets.js";
import type { Milliseconds } from "../../../src/base/units.js";
import { DatabaseError } from "../../../src/database/errors.js";
import type { PageAnswer, PageOrigin } from "../../../src/protocols/account/server.js";
import { readBody } from "../../node/https/door.js";
import { aboutPath, accountPath, legType, sessionHeader } from "../../node/https/leg.js";
import { AddressBudget } from "../../node/https/limits.js";
import { addressOf, onlyGet, type Pages, pageFiles, pageHeaders, pathOf } from "../../node/pages/serve.js";
import { cookieOfMarks, marksOf } from "./browser.js";

export interface PagesOptions {
  readonly serverID: Uint8Array;
  /** Takes no new Users. */
  readonly closed: boolean;
  now(): Milliseconds;
  handle(request: Uint8Array, origin: PageOrigin): Promise<PageAnswer>;
  log(event: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
}

/** A Server's name is its own. */
const headers = Object.freeze({ ...pageHeaders, "Strict-Transport-Security": "max-age=31536000" });
const folder = dirname(fileURLToPath(import.meta.url));
const maximumBody = 4096;
/** Requests of one address: a page asks a few at a time. */
const limits = Object.freeze({ rate: 2, burst: 60, addresses: 10_000 });

/** The Server's pages, and what they ask. */
export function pages(options: PagesOptions): Pages {
  const budget = new AddressBudget(limits, () => options.now());
  const files = pageFiles(folder, headers);
  return async (request, response) => {
    const path = pathOf(request);
    if (path === accountPath) {
      await account(options, budget, request, response);
      return true;
    }
    if (path !== aboutPath) return files(request, response);
    if (onlyGet(request, response, headers)) {
      const about = { serverID: hex(options.serverID), origin: hex(originOf(request)) };
      response.writeHead(200, { ...headers, "Content-Type": "application/json" }).end(JSON.stringify(about));
    }
    return true;
  };
}

/** What stands for a PN GW when a browser registers: its network, so that a proof counts where it came from. */
const originOf = (request: IncomingMessage): Uint8Array => ascii(`page ${addressOf(request)}`.slice(0, 32));

async function account(
  { closed, handle, log }: PagesOptions,
  budget: AddressBudget,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refuse = (status: number, text: string, more: Readonly<Record<string, string>> = {}): void => {
    log("page.refused", { status });
    if (!request.complete) response.setHeader("Connection", "close");
    response
      .writeHead(status, { ...headers, ...more, "Content-Type": "text/plain; charset=utf-8" })
      .end(`${text}\n`);
  };
  const { origin: site, host, "content-type": type } = request.headers;
  // A browser names the page that asks: no other site's page may, whatever it was made to send.
  if (site !== undefined && site !== `https://${host}`) return refuse(403, "another site's page");
  if (request.method !== "POST") return refuse(405, "POST is expected", { Allow: "POST" });
  if (type !== legType) return refuse(415, `${legType} is expected`);
  if (!budget.take(addressOf(request))) {
    return refuse(429, "too many requests", { "Retry-After": String(budget.retryAfter) });
  }
  const body = await readBody(request, maximumBody);
  if (body === undefined) return refuse(413, `at most ${maximumBody} octets`);
  const session = request.headers[sessionHeader];
  const token = typeof session === "string" && /^[0-9a-f]{64}$/.test(session) ? fromHex(session) : undefined;
  try {
    const origin = { id: originOf(request), source: addressOf(request), token, closed };
    const { answer, marks } = await handle(body, { ...origin, marks: marksOf(request) });
    const cookie = marks && { "Set-Cookie": cookieOfMarks(marks) };
    response.writeHead(200, { ...headers, ...cookie, "Content-Type": legType }).end(answer);
  } catch (error) {
    if (error instanceof DatabaseError) return refuse(503, "not available now", { "Retry-After": "2" });
    if (error instanceof CpnsError) return refuse(400, error.code);
    throw error;
  }
}
