import { ascii, hex } from "../../base/octets.js";
import type { GbaSuite } from "./ports.js";

/** HTTP Digest with AKAv1-MD5 (RFC 3310 over RFC 7616): the password is RES, as octets; quality auth-int. */

export interface DigestFields {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly nc: string;
  readonly cnonce: string;
  readonly qop: "auth" | "auth-int";
}

function concatenated(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * The `response` (method "GET"), or `rspauth` of Authentication-Info (method ""), 32 hexadecimal digits. An empty
 * password is for resynchronisation (RFC 3310, 3.4).
 */
export function digest(
  suite: GbaSuite,
  password: Uint8Array,
  method: string,
  fields: DigestFields,
  body = "",
): string {
  const { username, realm, nonce, uri, nc, cnonce, qop } = fields;
  const md5 = (text: string): string => hex(suite.md5(ascii(text)));
  const a1 = hex(suite.md5(concatenated(ascii(`${username}:${realm}:`), password)));
  const a2 = md5(qop === "auth" ? `${method}:${uri}` : `${method}:${uri}:${md5(body)}`);
  return md5(`${a1}:${nonce}:${nc}:${cnonce}:${qop}:${a2}`);
}

/** Parameters of a Digest header; undefined for what is no such header. Quoted and bare values, none twice. */
export function readParameters(header: string | undefined): ReadonlyMap<string, string> | undefined {
  const match = /^(?:Digest )?(.{1,4000})$/.exec(header ?? "");
  if (match === null) return undefined;
  const found = new Map<string, string>();
  let rest = match[1] ?? "";
  while (rest !== "") {
    const one = /^\s*([A-Za-z0-9-]{1,30})=(?:"([^"\\]*)"|([^\s,"]+))\s*(?:,|$)/.exec(rest);
    const name = one?.[1]?.toLowerCase();
    if (one === null || name === undefined || found.has(name)) return undefined;
    found.set(name, one[2] ?? one[3] ?? "");
    rest = rest.slice(one[0].length);
  }
  return found;
}

const bare = new Set(["algorithm", "nc", "qop", "stale"]);

/** A header of these parameters, in their order. */
export const writeParameters = (parameters: Readonly<Record<string, string>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => (bare.has(name) ? `${name}=${value}` : `${name}="${value}"`))
    .join(", ");
