import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server as HttpsServer, type ServerOptions } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Certificate } from "./certificate.js";

export interface DoorTimes {
  /** For a request to arrive whole, milliseconds; slow senders are let go. 15 s by default. */
  readonly requestTime?: number;
  /** For TLS to be agreed on, milliseconds. 15 s by default. */
  readonly handshakeTime?: number;
}

export interface DoorOptions extends DoorTimes {
  readonly certificate: Certificate;
  /** Connections in all, and from one address; 20 000 and 512 unless told. */
  readonly connections?: { readonly all: number; readonly ofAddress: number };
  /** Answers a request, one that nobody knows too. A rejection is a fault, which is logged and answered with 500. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  log(event: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
  /** Counts a request by what came of it, for metrics. */
  counted?(status: number): void;
}

/** A PN GW has up to 16, and many may share an address. */
const usualConnections = Object.freeze({ all: 20_000, ofAddress: 512 });
/** A request has to be there in so long (slow senders), and an idle connection is closed after. */
const usualRequestTime = 15_000;
const idleTime = 75_000;
/** Between two lines of the log about the connections of an address; addresses that are remembered for it. */
const toldTime = 10_000;
const mostTold = 1_000;
/** For requests under way when the program is told to stop. */
const drainTime = 10_000;
/** What is answered to what the parser or the clock has refused, by its code. */
const usualClientError = [400, "Bad Request"] as const;
const clientErrors: Readonly<Record<string, readonly [status: number, reason: string]>> = Object.freeze({
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout"],
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large"],
});

/** Requests of one connection that are not answered yet: twice what a PN GW has under way. */
const mostOfConnection = 64;
/**
 * More requests behind each other on a connection than Node keeps answers of, about a hundred: it stops its parser, and
 * TLS hands it the next ones all the same. Some of them were acted upon, so that what is answered now, in the place of
 * the first answer that waits, would be untrue of it: the connection is cut, as with too many of ours, and who sent them
 * may ask again.
 */
const tooManyAtOnce = "HPE_PAUSED";

/** A program's door: TLS, times and numbers are bounded here, before anything is decoded. */
export class Door {
  readonly #options: DoorOptions;
  readonly #server: HttpsServer;
  readonly #connections = new Map<string, number>();
  /** When the log was told last of an address that has too many connections. */
  readonly #told = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  /** Of each connection those that are not ended yet. */
  readonly #responses = new Map<Socket, Set<ServerResponse>>();
  /** Whose mistake was told: what else comes of them is the same one. */
  readonly #refused = new WeakSet<object>();
  #closing = false;

  constructor(options: DoorOptions) {
    this.#options = options;
    const { cert, key } = options.certificate;
    const { connections = usualConnections } = options;
    const { requestTime = usualRequestTime, handshakeTime = usualRequestTime } = options;
    const tls: ServerOptions = {
      ...{ cert, key, minVersion: "TLSv1.2" },
      connectionsCheckingInterval: requestTime / 4,
      // A connection without a word of TLS holds a place, too.
      handshakeTimeout: handshakeTime,
      // Node would refuse it without a word to anybody.
      requireHostHeader: false,
    };
    this.#server = createServer(tls, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => this.#fault(response, error));
    });
    this.#server.headersTimeout = requestTime;
    this.#server.requestTimeout = requestTime;
    this.#server.keepAliveTimeout = idleTime;
    this.#server.maxHeadersCount = 64;
    this.#server.maxConnections = connections.all;
    this.#server.on("checkExpectation", (_, response: ServerResponse) =>
      this.#refuse(response, 417, "Expectation Failed"),
    );
    this.#server.on("connect", ({ socket: { remoteAddress = "" } }: IncomingMessage, socket: Duplex) => {
      options.log("http.refused", { status: 405, address: remoteAddress });
      socket.destroy();
    });
    this.#server.on("drop", (dropped) => this.#full(dropped?.remoteAddress ?? ""));
    this.#server.on("connection", (socket: Socket) => this.#connected(socket));
    // Whom an answer reaches: on others it would wait for ever, and hold their place.
    const secure = new WeakSet<object>();
    this.#server.on("secureConnection", (socket) => {
      secure.add(socket);
      // After what Node itself says of the one that was being answered.
      socket.once("close", () => setImmediate(() => this.#gone(socket)));
    });
    this.#server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
      const code = error.code ?? "http";
      if (!secure.has(socket)) {
        options.log("http.tls", { code });
        return void socket.destroy();
      }
      if (code === tooManyAtOnce) return this.#cut(socket);
      if (this.#refused.has(socket)) return void socket.destroy();
      this.#refused.add(socket);
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
    for (const all of this.#responses.values()) {
      for (const response of all) response.shouldKeepAlive = false;
    }
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
    if (now > (this.#options.connections ?? usualConnections).ofAddress) {
      socket.destroy();
      this.#full(address);
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

  /** One line for all that an address tries in vain in some time: it can try thousands a second. */
  #full(address: string): void {
    const now = performance.now();
    if (now - (this.#told.get(address) ?? Number.NEGATIVE_INFINITY) < toldTime) return;
    if (this.#told.size >= mostTold) this.#told.clear();
    this.#told.set(address, now);
    this.#options.log("http.full", { address });
  }

  /**
   * The connection has ended. Node says so of the one answer that had its turn: those behind it, a stream's too, would
   * be kept for ever.
   */
  #gone(socket: Socket): void {
    for (const response of this.#responses.get(socket) ?? []) {
      response.destroy();
      response.emit("close");
    }
  }

  /** Too many requests behind each other. */
  #cut(socket: Socket): void {
    const told = this.#refused.has(socket);
    this.#refused.add(socket);
    if (!told) {
      this.#options.log("http.refused", { code: "pipelined", address: socket.remoteAddress ?? "" });
    }
    socket.destroy();
  }

  /** What Node itself would refuse without a word. */
  #refuse(response: ServerResponse, status: number, reason: string): void {
    this.#options.log("http.refused", { status, address: response.req.socket.remoteAddress ?? "" });
    response.writeHead(status, { Connection: "close" }).end(`${reason}\n`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    const all = this.#responses.get(socket) ?? new Set();
    if (all.size >= mostOfConnection) return this.#cut(socket);
    this.#responses.set(socket, all.add(response));
    if (this.#closing) response.shouldKeepAlive = false;
    response.once("close", () => {
      all.delete(response);
      if (all.size === 0) this.#responses.delete(socket);
      this.#options.counted?.(response.statusCode);
    });
    const { httpVersionMinor, headers } = request;
    if (httpVersionMinor > 0 && headers.host === undefined) {
      return this.#refuse(response, 400, "a request has a Host");
    }
    await this.#options.answer(request, response);
  }

  #fault(response: ServerResponse, error: unknown): void {
    // Whoever sent it has gone away.
    const gone = (error as NodeJS.ErrnoException).code === "ECONNRESET";
    if (!gone) this.#options.log("http.fault", { error: codeOf(error) });
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" }).end("it failed\n");
  }
}

/** What went wrong, for a log. */
export const codeOf = (error: unknown): string =>
  (error as { code?: string }).code ?? (error instanceof Error ? error.name : "unknown");

/**
 * The body in an array of its own (a Buffer's slices share their memory), or undefined when it is longer than `most`.
 * Rejects when who sends goes away. By events: an iterator over each small body costs as much as parsing its request.
 */
export function readBody(request: IncomingMessage, most: number): Promise<Uint8Array | undefined> {
  // Nobody says "close" a second time.
  if (request.destroyed) return Promise.reject(goneAway());
  if (Number(request.headers["content-length"] ?? 0) > most) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    request.on("data", (part: Buffer) => {
      length += part.length;
      if (length <= most) return void parts.push(part);
      parts.length = 0;
      request.pause();
      resolve(undefined);
    });
    // Every request closes: an error for each that had come whole would be a fortieth of a Server's work.
    const gone = (): void => reject(goneAway());
    request.once("end", () => {
      request.off("close", gone);
      resolve(joined(parts, length));
    });
    request.on("error", reject);
    request.once("close", gone);
  });
}

const goneAway = (): Error => Object.assign(new Error("gone"), { code: "ECONNRESET" });

function joined(parts: readonly Buffer[], length: number): Uint8Array {
  const body = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}
