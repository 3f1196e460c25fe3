import type { IncomingMessage, ServerResponse } from "node:http";
import { wipe } from "../../../src/base/octets.js";
import { readBody } from "../../node/https/door.js";
import { cookieNamed, pageHeaders } from "../../node/pages/serve.js";
import { octetsOf } from "../commands.js";

/** A request of the gateway's page: what it may be, and how it is answered. */

/** The camera is for the code on a device's label. */
export const headers = Object.freeze({ ...pageHeaders, "Permissions-Policy": "camera=(self)" });
/** Host-only, and by its prefix bound to https and this host. */
const cookieName = "__Host-cpns-page";
const cookieKind = "; Path=/; HttpOnly; Secure; SameSite=Strict";
/** Of a browser that was signed in before: half a year. */
const familiarName = "__Host-cpns-familiar";
const familiarTime = 15_552_000;
export const tokenHeader = "cpns-token";
/** As long as a line of the control socket. */
const maximumBody = 16_384;

export type Fields = Readonly<Record<string, unknown>>;

/** Who asks, and where the answer goes. */
export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: string;
}

/** Answered in one line instead; `status` is HTTP's. */
export class Refused extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, text: string, more: Readonly<Record<string, string>> = {}) {
    super(text);
    this.status = status;
    this.headers = more;
  }
}

/**
 * The fields of a request that only a page of this very origin can have sent. `mayAsk` is asked before its body is read.
 * Throws Refused.
 */
export async function readFields({ request }: Asked, mayAsk: () => void): Promise<Fields> {
  const { origin, host, "content-type": type } = request.headers;
  if (request.method !== "POST") throw new Refused(405, "POST is expected", { Allow: "POST" });
  // Browsers name the page that asks; who names none is none of ours.
  if (host === undefined || origin !== `https://${host}`) throw new Refused(403, "another site's page");
  if (type !== "application/json") throw new Refused(415, "application/json is expected");
  mayAsk();
  const body = await readBody(request, maximumBody);
  if (body === undefined) throw new Refused(413, `at most ${maximumBody} octets`);
  try {
    const value: unknown = JSON.parse(Buffer.from(body.buffer).toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // Answered below.
  } finally {
    wipe(body);
  }
  throw new Refused(400, "a JSON object is expected");
}

export function reply(
  { response }: Asked,
  status: number,
  value: unknown,
  more: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  response.writeHead(status, { ...headers, ...more, "Content-Type": "application/json" });
  response.end(JSON.stringify(value));
}

/** Throws Refused when there is none. */
export function passwordOf(text: unknown): Uint8Array {
  if (typeof text !== "string") throw new Refused(400, "a password is missing");
  return octetsOf(text);
}

/** A Set-Cookie of a session; none ends it. */
export const cookieOfSession = (value?: string): string =>
  `${cookieName}=${value ?? ""}${cookieKind}${value === undefined ? "; Max-Age=0" : ""}`;

/** A Set-Cookie of a browser that is familiar from now on. */
export const familiarCookie = (value: string): string =>
  `${familiarName}=${value}${cookieKind}; Max-Age=${familiarTime}`;

/** The session's cookie of a request. */
export const cookieOf = (request: IncomingMessage): string | undefined => cookieNamed(request, cookieName);

/** The cookie of a browser that was signed in before. */
export const familiarOf = (request: IncomingMessage): string | undefined =>
  cookieNamed(request, familiarName);
