import type { IncomingMessage } from "node:http";
import { fromHex, hex } from "../../../src/base/octets.js";
import { maximumMarks } from "../../../src/database/browsers.js";
import { browserLifetime } from "../../../src/database/rows/users.js";
import { cookieNamed } from "../../node/pages/serve.js";

/*
 * The cookie by which a browser is known in which a User has signed in before: it has guesses of its own, and signs nobody
 * in. No script reads it, and no other site's page sends it.
 */

const name = "__Host-cpns-browser";
const kind = "; Path=/; Secure; HttpOnly; SameSite=Strict";

/** What the browser has kept, 32 octets each; none for what is no such cookie. */
export function marksOf(request: IncomingMessage): readonly Uint8Array[] {
  const parts = (cookieNamed(request, name) ?? "").split(".");
  const whole = parts.length <= maximumMarks && parts.every((part) => /^[0-9a-f]{64}$/.test(part));
  return whole ? parts.map(fromHex) : [];
}

/** A Set-Cookie of what it keeps from now on. */
export const cookieOfMarks = (marks: readonly Uint8Array[]): string =>
  `${name}=${marks.map(hex).join(".")}${kind}; Max-Age=${browserLifetime / 1_000}`;
