import type { ServerResponse } from "node:http";
import type { ErrorCode } from "../../../src/base/errorCodes.js";

/** The status for each code that a program may meet; of others, a device's answer is 502, and 500 our own fault. */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = Object.freeze({
  "api.request": 400,
  "api.token": 401,
  "api.scope": 403,
  "api.unknown": 404,
  "topic.unknown": 404,
  "api.method": 405,
  "api.full": 409,
  "api.tooLong": 413,
  "api.type": 415,
  "api.target": 422,
  "topic.kind": 422,
  "result.notListed": 422,
  "api.tooMany": 429,
  "result.busy": 503,
  "result.noRoute": 504,
  "database.away": 503,
  "database.conflict": 503,
  "database.otherKeys": 503,
});

/** What a person who looks at it reads. */
const titles: Readonly<Record<number, string>> = Object.freeze({
  400: "The request is not as it should be",
  401: "A token that is known and not over is needed",
  403: "The token is not for this",
  404: "There is no such thing here",
  405: "This path is for other methods",
  409: "There are as many as there may be",
  413: "The body is too long",
  415: "The body is to be JSON",
  422: "That cannot be taken",
  429: "Too many requests",
  500: "The Server failed",
  502: "The device has answered otherwise",
  503: "Not available now",
  504: "The device is out of reach",
});

export const statusOf = (code: ErrorCode): number =>
  statuses[code] ?? (code.startsWith("result.") ? 502 : 500);

/** Of every answer: nothing of it is kept by caches, or taken for something else. */
export const usualHeaders = Object.freeze({
  "Cache-Control": "no-store",
  "Strict-Transport-Security": "max-age=31536000",
  "X-Content-Type-Options": "nosniff",
});

/** Seconds after which what was too much, or not available, may be tried again. */
const retryAfter: Readonly<Record<number, number>> = Object.freeze({ 429: 5, 503: 2 });

/** Says no, as RFC 9457 has it; `code` is the registry's (src/base/errorCodes.ts). */
export function refuse(
  response: ServerResponse,
  code: ErrorCode,
  detail?: string,
  headers: Readonly<Record<string, string>> = {},
): number {
  const status = statusOf(code);
  const problem = { type: "about:blank", title: titles[status], status, code, ...(detail && { detail }) };
  const retry = retryAfter[status];
  // What is left of a body is not waited for.
  if (!response.req.complete) response.setHeader("Connection", "close");
  response
    .writeHead(status, {
      ...usualHeaders,
      "Content-Type": "application/problem+json",
      ...(retry !== undefined && { "Retry-After": `${retry}` }),
      ...(status === 401 && { "WWW-Authenticate": 'Bearer realm="cpns"' }),
      ...headers,
    })
    .end(`${JSON.stringify(problem)}\n`);
  return status;
}
