import type { IncomingMessage, ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { Milliseconds } from "../../src/base/units.js";
import { sessionRecord } from "../../src/link/record.js";
import type { Answered } from "../../src/server/sessions.js";
import { codeOf, Door, type DoorOptions, readBody } from "../node/https/door.js";
import { legPath, legType, maximumBody } from "../node/https/leg.js";
import { AddressBudget, networkOf } from "../node/https/limits.js";
import { Turns } from "../node/https/turns.js";
import type { Pages } from "../node/pages/serve.js";

/**
 * Answers one message or record of a PN GW, or holds its answer (a poll); rejects when there can be no answer now (the
 * database is away).
 */
export type Handle = (request: Uint8Array, address: string) => Promise<Answered>;

export interface ListenerOptions extends Omit<DoorOptions, "answer" | "connections"> {
  readonly handle: Handle;
  readonly pages?: Pages;
}

/** Requests in the clear cost the Server a row or a computation, before anybody has proven anything. */
const clearLimits = Object.freeze({ rate: 5, burst: 60, addresses: 10_000 });
const retryAfter = 2;

/**
 * Messages and records of an address that are acted upon at once: as many as a PN GW may have under way, twice. Whoever
 * sends more waits, and nobody of another address does: a record costs the database a transaction before its sender has
 * proven anything.
 */
const mostOfAddress = 64;

/** The Server's door: messages of PN GWs, and pages. */
export class Listener extends Door {
  readonly #options: ListenerOptions;
  readonly #ofAddress = new Turns<string>(mostOfAddress);
  /** What comes behind another one on a connection is not even read while that is acted upon: it would fill the memory. */
  readonly #ofConnection = new Turns<object>(1);
  readonly #budget = new AddressBudget(clearLimits, () => Milliseconds(performance.now()));

  constructor(options: ListenerOptions) {
    super({ ...options, answer: (request, response) => this.#route(request, response) });
    this.#options = options;
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
    const answered = await this.#ofConnection.run(request.socket, () => this.#act(request, response));
    if (answered === undefined) return;
    let answer: Uint8Array;
    try {
      answer = answered instanceof Uint8Array ? answered : await answered.held;
    } catch (error) {
      return this.#unavailable(request, response, error);
    }
    response.writeHead(200, {
      "Content-Type": legType,
      "Content-Length": answer.length,
      "Cache-Control": "no-store",
    });
    response.end(answer);
  }

  /** Undefined when it was answered without the Server. */
  async #act(request: IncomingMessage, response: ServerResponse): Promise<Answered | undefined> {
    const body = await readBody(request, maximumBody);
    if (body === undefined) {
      this.#refuse(request, response, 413, `at most ${maximumBody} octets`);
      return undefined;
    }
    const address = request.socket.remoteAddress ?? "";
    if (body[0] !== sessionRecord && !this.#budget.take(address)) {
      response.setHeader("Retry-After", this.#budget.retryAfter);
      this.#refuse(request, response, 429, "too many requests without a session");
      return undefined;
    }
    try {
      return await this.#ofAddress.run(networkOf(address), () => this.#options.handle(body, address));
    } catch (error) {
      this.#unavailable(request, response, error);
      return undefined;
    }
  }

  #unavailable(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    this.#options.log("http.unavailable", { error: codeOf(error) });
    response.setHeader("Retry-After", retryAfter);
    this.#refuse(request, response, 503, "not available now");
  }

  #refuse(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
    this.#options.log("http.refused", { status, address: request.socket.remoteAddress ?? "" });
    // What is left of the body is not waited for.
    if (!request.complete) response.setHeader("Connection", "close");
    response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" });
    response.end(`${text}\n`);
  }
}
