import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { networkOf } from "../https/limits.js";

/** Takes a request for a page; false when there is no such page. */
export type Pages = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

const folder = dirname(fileURLToPath(import.meta.url));

/** Of every answer of pages: no script but their own, in nobody's frame, kept by nobody. */
export const pageHeaders = Object.freeze({
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
});

/** `index.html` and `client.js` of `place`, with the style that all pages have. */
export function pageFiles(place: string, headers: Readonly<Record<string, string>>): Pages {
  const files = new Map(
    [
      ["/", join(place, "index.html"), "text/html"],
      ["/client.js", join(place, "client.js"), "text/javascript"],
      ["/pages.css", join(folder, "pages.css"), "text/css"],
    ].map(([path = "", file = "", type]) => [
      path,
      { body: readFileSync(file), type: `${type}; charset=utf-8` },
    ]),
  );
  return async (request, response) => {
    const file = files.get(pathOf(request));
    if (file === undefined) return false;
    if (onlyGet(request, response, headers)) {
      response.writeHead(200, { ...headers, "Content-Type": file.type });
      response.end(request.method === "HEAD" ? undefined : file.body);
    }
    return true;
  };
}

/** False, and answered, for another method. */
export function onlyGet(
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): boolean {
  if (request.method === "GET" || request.method === "HEAD") return true;
  response.writeHead(405, { ...headers, Allow: "GET, HEAD" }).end();
  return false;
}

export const pathOf = (request: IncomingMessage): string => (request.url ?? "/").split("?")[0] ?? "/";

/** Whose budget a request is of. */
export const addressOf = (request: IncomingMessage): string => networkOf(request.socket.remoteAddress ?? "");

/** The value of a request's cookie. One of two that have the same name is somebody else's: then none. */
export function cookieNamed(request: IncomingMessage, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim());
  const found = pairs.filter((pair) => pair.startsWith(`${name}=`));
  return found.length === 1 ? found[0]?.slice(name.length + 1) : undefined;
}
