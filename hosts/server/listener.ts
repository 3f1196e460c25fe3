import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server as HttpsServer, type ServerOptions } from "node:https";
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { Milliseconds } from "../../src/base/units.js";
import { sessionRecord } from "../../src/link/record.js";
import type { Certificate } from "../node/https/certificate.js";
import { legPath, legType, maximumBody } from "../node/https/leg.js";
import { AddressBudget } from "./limits.js";

/** Answers one message or record of a PN GW; rejects when there can be no answer now (the database is away). */
export type Handle = (request: Uint8Array, address: string) => Promise<Uint8Array>;

/** Takes a request for a page; false when there is no such page. */
export type Pages = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export interface ListenerOptions {
  readonly certificate: Certificate;
  readonly handle: Handle;
  readonly pages?: Pages;
  log(event: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
  /** For a request to arrive whole, milliseconds; slow senders are let go. 15 s by default. */
  readonly requestTime?: number;
  /** For TLS to be agreed on, milliseconds. 15 s by default. */
  readonly handshakeTime?: number;
  /** Counts a request by what came of it, for metrics. */
  counted?(status: number): void;
}

/** Connections in all, and from one address: a PN GW has up to 16, and many may share an address. */
const maximumConnections = 20_000;
const maximumConnectionsOfAddress = 512;
/** Requests in the clear cost the Server a row or a computation, before anybody has proven anything. */
const clearLimits = Object.freeze({ rate: 5, burst: 60, addresses: 10_000 });
/** A request has to be there in so long (slow senders), and an idle connection is closed after. */
const usualRequestTime = 15_000;
const idleTime = 75_000;
/** For requests under way when the Server is told to stop. */
const drainTime = 10_000;
const retryAfter = 2;
/** What is answered to what the parser or the clock has refused, by its code. */
const usualClientError = [400, "Bad Request"] as const;
const clientErrors: Readonly<Record<string, readonly [status: number, reason: string]>> = Object.freeze({
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout"],
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large"],
});

/** The Server's door: TLS, sizes, times and numbers are bounded here, before anything is decoded. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: HttpsServer;
  readonly #connections = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  /** Those that are not ended yet. */
  readonly #responses = new Set<ServerResponse>();
  #closing = false;
  readonly #budget = new AddressBudget(clearLimits, () => Milliseconds(performance.now()));

  constructor(options: ListenerOptions) {
    this.#options = options;
    const { cert, key } = options.certificate;
    const { requestTime = usualRequestTime, handshakeTime = usualRequestTime } = options;
    const tls: ServerOptions = {
      ...{ cert, key, minVersion: "TLSv1.2" },
      connectionsCheckingInterval: requestTime / 4,
      // A connection without a word of TLS holds a place, too.
      handshakeTimeout: handshakeTime,
    };
    this.#server = createServer(tls, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => this.#fault(response, error));
    });
    this.#server.headersTimeout = requestTime;
    this.#server.requestTimeout = requestTime;
    this.#server.keepAliveTimeout = idleTime;
    this.#server.maxHeadersCount = 64;
    this.#server.maxConnections = maximumConnections;
    this.#server.on("connection", (socket: Socket) => this.#connected(socket));
    // Whom an answer reaches: on others it would wait for ever, and hold their place.
    const secure = new WeakSet<object>();
    this.#server.on("secureConnection", (socket) => secure.add(socket));
    this.#server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
      const code = error.code ?? "http";
      if (!secure.has(socket)) {
        options.log("http.tls", { code });
        return void socket.destroy();
      }
      const [status, reason] = clientErrors[code] ?? usualClientError;
      options.log("http.refused", { code, status });
      if (socket.writable) socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\n\r\n`);
      else socket.destroy();
    });
  }

  /** Listens; resolves with the port. Rejects with the system's error. */
  listen(port: number, host?: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  }

  /** A new certificate for connections from now on. */
  renew({ cert, key }: Certificate): void {
    this.#server.setSecureContext({ cert, key, minVersion: "TLSv1.2" });
  }

  /** Takes no more, lets what is under way end for ten seconds, then closes everything. */
  async close(): Promise<void> {
    this.#closing = true;
    // Whoever keeps a connection would send the next request over it, and hold the end up.
    for (const response of this.#responses) response.shouldKeepAlive = false;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    // Those that have not got as far as HTTP, too.
    const deadline = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, drainTime);
    await closed;
    clearTimeout(deadline);
  }

  #connected(socket: Socket): void {
    const address = socket.remoteAddress ?? "";
    const now = (this.#connections.get(address) ?? 0) + 1;
    if (now > maximumConnectionsOfAddress) {
      socket.destroy();
      return;
    }
    this.#connections.set(address, now);
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      const left = (this.#connections.get(address) ?? 1) - 1;
      if (left > 0) this.#connections.set(address, left);
      else this.#connections.delete(address);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#responses.add(response);
    if (this.#closing) response.shouldKeepAlive = false;
    response.once("close", () => {
      this.#responses.delete(response);
      this.#options.counted?.(response.statusCode);
    });
    const [path] = (request.url ?? "/").split("?");
    if (path === legPath) return this.#leg(request, response);
    if (this.#options.pages !== undefined && (await this.#options.pages(request, response))) return;
    this.#refuse(request, response, 404, "there is no such page");
  }

  async #leg(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST") {
      response.setHeader("Allow", "POST");
      return this.#refuse(request, response, 405, "POST is expected");
    }
    if (request.headers["content-type"] !== legType) {
      return this.#refuse(request, response, 415, `${legType} is expected`);
    }
    const body = await readBody(request);
    if (body === undefined) return this.#refuse(request, response, 413, `at most ${maximumBody} octets`);
    const address = request.socket.remoteAddress ?? "";
    if (body[0] !== sessionRecord && !this.#budget.take(address)) {
      response.setHeader("Retry-After", this.#budget.retryAfter);
      return this.#refuse(request, response, 429, "too many requests without a session");
    }
    let answer: Uint8Array;
    try {
      answer = await this.#options.handle(body, address);
    } catch (error) {
      this.#options.log("http.unavailable", { error: codeOf(error) });
      response.setHeader("Retry-After", retryAfter);
      return this.#refuse(request, response, 503, "not available now");
    }
    response.writeHead(200, {
      "Content-Type": legType,
      "Content-Length": answer.length,
      "Cache-Control": "no-store",
    });
    response.end(answer);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
    this.#options.log("http.refused", { status, address: request.socket.remoteAddress ?? "" });
    // What is left of the body is not waited for.
    if (!request.complete) response.setHeader("Connection", "close");
    response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" });
    response.end(`${text}\n`);
  }

  #fault(response: ServerResponse, error: unknown): void {
    // Whoever sent it has gone away.
    const gone = (error as NodeJS.ErrnoException).code === "ECONNRESET";
    if (!gone) this.#options.log("http.fault", { error: codeOf(error) });
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" }).end("the Server failed\n");
  }
}

const codeOf = (error: unknown): string =>
  (error as { code?: string }).code ?? (error instanceof Error ? error.name : "unknown");

/** The body in an array of its own (a Buffer's slices share their memory), or undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > maximumBody) return undefined;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maximumBody) return undefined;
    parts.push(part);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}
