import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorCode } from "../../../src/base/errorCodes.js";
import { CpnsError } from "../../../src/base/errors.js";
import { ProgramError } from "../../../src/server/programs/errors.js";
import { readBody } from "../../node/https/door.js";
import type { Pages } from "../../node/pages/serve.js";
import { Doorkeeper } from "./credentials.js";
import { openapi } from "./openapi.js";
import { refuse, usualHeaders } from "./problem.js";
import type { ApiPorts, Reply, Route } from "./route.js";

export const apiPath = "/api/v1";
const maximumBody = 8192;

export interface ApiOptions {
  readonly ports: ApiPorts;
  readonly routes: readonly Route[];
  log(event: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
}

interface Found {
  readonly route: Route;
  readonly named: Readonly<Record<string, string>>;
}

/** The Server's interface for programs (docs/API.md): who asks, whether he may, how often; then the route. */
export function api({ ports, routes, log }: ApiOptions): Pages {
  const doorkeeper = new Doorkeeper(ports);
  const answer = async (request: IncomingMessage, response: ServerResponse, path: string, query: string) => {
    if (path === "/openapi.json" && request.method === "GET")
      return send(response, { status: 200, body: openapi });
    const { user, scopes, still } = await doorkeeper.who(request);
    const { route, named } = find(routes, request.method ?? "", path);
    if (!scopes.includes(route.scope)) throw new ProgramError("api.scope");
    const body = route.method === "POST" || route.method === "PUT" ? await jsonOf(request) : undefined;
    // A body may come slowly, and what lets him in may have ended meanwhile.
    if (body !== undefined && !(await ports.store.read(still))) throw new ProgramError("api.token");
    const reply = await route.run({
      user,
      named,
      query: new URLSearchParams(query),
      body,
      request,
      response,
      still,
    });
    if (reply !== undefined) send(response, reply);
  };
  return async (request, response) => {
    const [path = "/", query = ""] = (request.url ?? "/").split("?");
    if (path !== apiPath && !path.startsWith(`${apiPath}/`)) return false;
    try {
      await answer(request, response, path.slice(apiPath.length), query);
    } catch (error) {
      if (!(error instanceof CpnsError) || response.headersSent) throw error;
      const status = refuse(response, error.code, detailOf(error), allowed(error.code, routes, path));
      if (status >= 500) log("api.unavailable", { error: error.code });
      else log("api.refused", { status, error: error.code });
    }
    return true;
  };
}

/** What is said behind the code: never what came from outside. */
const detailOf = ({ code, message }: CpnsError): string | undefined =>
  code.startsWith("api.") && message !== code ? message.slice(code.length + 2) : undefined;

function allowed(code: ErrorCode, routes: readonly Route[], path: string): Readonly<Record<string, string>> {
  if (code !== "api.method") return {};
  const methods = routes.filter((one) => match(one.path, path.slice(apiPath.length)) !== undefined);
  return { Allow: [...methods.map(({ method }) => method)].join(", ") || "GET" };
}

/** Throws ProgramError("api.unknown" | "api.method"). */
function find(routes: readonly Route[], method: string, path: string): Found {
  let known = path === "/openapi.json";
  for (const route of routes) {
    const named = match(route.path, path);
    if (named === undefined) continue;
    if (route.method === method) return { route, named };
    known = true;
  }
  throw new ProgramError(known ? "api.method" : "api.unknown");
}

/** What stands for the names in a route's path; undefined when it is another's. */
function match(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const [wanted, parts] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== parts.length) return undefined;
  const named: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
    const given = parts[i] ?? "";
    if (name === undefined ? part !== given : !/^[\w-]{1,64}$/.test(given)) return undefined;
    if (name !== undefined) named[name] = given;
  }
  return named;
}

/** Throws ProgramError("api.type" | "api.tooLong" | "api.request"). */
async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const [type] = (request.headers["content-type"] ?? "").split(";");
  if (type?.trim().toLowerCase() !== "application/json") throw new ProgramError("api.type");
  const body = await readBody(request, maximumBody);
  if (body === undefined) throw new ProgramError("api.tooLong", `at most ${maximumBody} octets`);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new ProgramError("api.request", "the body is no JSON");
  }
}

function send(response: ServerResponse, { status, body }: Reply): void {
  if (body === undefined) response.writeHead(status, usualHeaders).end();
  else
    response
      .writeHead(status, { ...usualHeaders, "Content-Type": "application/json" })
      .end(`${JSON.stringify(body)}\n`);
}
