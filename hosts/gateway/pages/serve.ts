import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { CpnsError } from "../../../src/base/errors.js";
import type { Milliseconds } from "../../../src/base/units.js";
import { AddressBudget } from "../../node/https/limits.js";
import { addressOf, onlyGet, pageFiles, pathOf } from "../../node/pages/serve.js";
import { called } from "../../node/program/called.js";
import { type ControlAnswer, type ControlRequest, readRequest } from "../control.js";
import { gatewayWords } from "../words.js";
import { Events } from "./events.js";
import {
  type Asked,
  cookieOf,
  cookieOfSession,
  type Fields,
  familiarCookie,
  familiarOf,
  headers,
  passwordOf,
  Refused,
  readFields,
  reply,
  tokenHeader,
} from "./exchange.js";
import type { FamiliarBrowsers } from "./familiar.js";
import { type Guesser, Guesses } from "./guesses.js";
import type { PagePassword } from "./password.js";
import { hasToken, type Session, Sessions } from "./sessions.js";

export interface GatewayPagesOptions {
  readonly password: PagePassword;
  readonly familiar: FamiliarBrowsers;
  now(): Milliseconds;
  /** What the control socket answers, too. */
  answer(request: ControlRequest): Promise<ControlAnswer>;
  log(event: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
}

const folder = dirname(fileURLToPath(import.meta.url));
/** Requests of an address, and of a session by itself. */
const limits = Object.freeze({ rate: 5, burst: 120, addresses: 10_000 });
const wrong = "that is not right: check it; after six wrong ones it takes five minutes until the next";
const late = "the password was chosen, changed or reset meanwhile: load this page anew";
const tooMany = "too many wrong ones: wait five minutes, then try again";

/** What a request without a session may be, and with one. */
type Handler = (asked: Asked, fields: Fields) => Promise<void>;
type OwnHandler = (asked: Asked, fields: Fields, session: Session) => Promise<void>;

/** The gateway's page on the local network: files, sessions, and the commands of the control socket for who has one. */
export class GatewayPages {
  readonly #options: GatewayPagesOptions;
  readonly #files = pageFiles(folder, headers);
  readonly #budget: AddressBudget;
  readonly #ofSessions: AddressBudget;
  readonly #guesses: Guesses;
  readonly #sessions: Sessions;
  readonly #events: Events;

  constructor(options: GatewayPagesOptions) {
    this.#options = options;
    this.#budget = new AddressBudget(limits, () => options.now());
    this.#ofSessions = new AddressBudget(limits, () => options.now());
    this.#guesses = new Guesses(() => options.now());
    this.#sessions = new Sessions(
      () => options.now(),
      (session) => this.#events.end(session),
    );
    this.#events = new Events({ lives: (session) => this.#sessions.lives(session) });
  }

  /** Something that the view shows has changed. */
  changed(): void {
    this.#events.changed();
  }

  /** Streams would hold the end up. */
  close(): void {
    this.#events.close();
  }

  /** Everybody has to sign in again: the password is another one. */
  signOutAll(): void {
    this.#sessions.endAll();
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = { request, response, address: addressOf(request) };
    try {
      await this.#route(asked);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#options.log("page.refused", { status: error.status });
      // What is left of the body is not waited for.
      if (!request.complete) response.setHeader("Connection", "close");
      reply(asked, error.status, { error: error.message }, error.headers);
    }
  }

  async #route(asked: Asked): Promise<void> {
    const { request, response } = asked;
    const path = pathOf(request);
    const [open, own] = [this.#open[path], this.#own[path]];
    if (open !== undefined || own !== undefined) {
      const fields = await readFields(asked, () => this.#mayAsk(asked));
      if (open !== undefined) return open(asked, fields);
      return own?.(asked, fields, this.#signedIn(asked, path !== "/ask"));
    }
    if (path !== "/state" && path !== "/events") {
      if (await this.#files(request, response)) return;
      throw new Refused(404, "there is no such page");
    }
    if (!onlyGet(request, response, headers)) return;
    if (request.method === "HEAD") return void response.writeHead(200, headers).end();
    this.#mayAsk(asked);
    const session = this.#sessions.find(cookieOf(request), false);
    if (path === "/state") {
      return reply(asked, 200, {
        chosen: this.#options.password.chosen,
        called: called("gateway"),
        ...(session && { token: session.token }),
      });
    }
    if (session === undefined) throw signedOut();
    if (!this.#events.open(response, session, headers)) {
      throw new Refused(429, "too many pages are open", { "Retry-After": "20" });
    }
  }

  /** For everybody. */
  readonly #open: Readonly<Record<string, Handler>> = Object.freeze({
    "/set-up": async (asked, { code, password }) => {
      const { password: own, log } = this.#options;
      if (own.chosen) throw new Refused(403, "the password is chosen already: sign in");
      this.#pay(asked);
      if (typeof code !== "string" || !own.isCode(code)) return this.#wrong(asked);
      this.#guesses.giveBack(this.#guesser(asked));
      if (!(await this.#inWords(() => own.choose(passwordOf(password))))) throw new Refused(403, late);
      log("page.setUp");
      this.#begin(asked);
    },
    "/sign-in": async (asked, { password }) => {
      this.#pay(asked);
      if (!(await this.#options.password.is(passwordOf(password)))) return this.#wrong(asked);
      this.#guesses.giveBack(this.#guesser(asked));
      this.#options.log("page.signedIn");
      this.#begin(asked);
    },
  });

  /** For who is signed in. */
  readonly #own: Readonly<Record<string, OwnHandler>> = Object.freeze({
    "/ask": async (asked, fields) => {
      const asks = told(() => readRequest(fields));
      if (asks.ask === "page") throw new Refused(400, "that is for the terminal");
      // A page that is only looked at asks, too: it does not keep its session.
      if (asks.ask === "command") this.#sessions.find(cookieOf(asked.request), true);
      reply(asked, 200, await this.#options.answer(asks).catch(asAnswer));
    },
    /** A person has done something at the page. */
    "/here": async (asked) => reply(asked, 200, {}),
    "/password": async (asked, { old, password }) => {
      const { password: own, log } = this.#options;
      this.#pay(asked);
      if (!(await own.is(passwordOf(old)))) return this.#wrong(asked);
      this.#guesses.giveBack(this.#guesser(asked));
      if (!(await this.#inWords(() => own.replace(passwordOf(password))))) throw new Refused(403, late);
      log("page.password");
      // Whoever knew the old one is out; this browser goes on with a session of its own.
      this.#sessions.endAll(this.#begin(asked));
    },
    "/sign-out": async (asked, { everywhere }, session) => {
      if (everywhere === true) this.#sessions.endAll();
      else this.#sessions.end(session);
      reply(asked, 200, {}, { "Set-Cookie": cookieOfSession() });
    },
  });

  #signedIn({ request }: Asked, used: boolean): Session {
    const session = this.#sessions.find(cookieOf(request), false);
    if (session === undefined) throw signedOut();
    if (!hasToken(session, request.headers[tokenHeader])) throw new Refused(403, "no token of this page");
    if (used) this.#sessions.find(cookieOf(request), true);
    return session;
  }

  #begin(asked: Asked): Session {
    const { cookie, session } = this.#sessions.begin();
    const cookies = [cookieOfSession(cookie)];
    if (this.#guesser(asked).browser === undefined) cookies.push(...this.#greeted());
    reply(asked, 200, { token: session.token }, { "Set-Cookie": cookies });
    return session;
  }

  /** A browser that is new here. Signing in does not fail by a disk that is full. */
  #greeted(): readonly string[] {
    try {
      return [familiarCookie(this.#options.familiar.add())];
    } catch (error) {
      if (!(error instanceof CpnsError)) throw error;
      this.#options.log("page.notKept", { error: error.code });
      return [];
    }
  }

  #guesser({ request, address }: Asked): Guesser {
    const browser = this.#options.familiar.find(familiarOf(request));
    return { address, ...(browser !== undefined && { browser }) };
  }

  /** Before anything is compared. */
  #pay(asked: Asked): void {
    if (this.#guesses.take(this.#guesser(asked))) return;
    throw new Refused(429, tooMany, { "Retry-After": String(this.#guesses.retryAfter) });
  }

  #wrong({ address }: Asked): never {
    this.#options.log("page.guess", { address });
    throw new Refused(403, wrong);
  }

  /** Who is signed in pays by the session: over IPv6 all of a network are one address, and strangers would use it up. */
  #mayAsk({ request, address }: Asked): void {
    const session = this.#sessions.find(cookieOf(request), false);
    const taken = session === undefined ? this.#budget.take(address) : this.#ofSessions.take(session.token);
    if (taken) return;
    throw new Refused(429, "too many requests", { "Retry-After": String(this.#budget.retryAfter) });
  }

  async #inWords<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CpnsError) throw new Refused(400, gatewayWords(error));
      throw error;
    }
  }
}

const signedOut = (): Refused => new Refused(401, "sign in");

function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Refused(400, (error as Error).message);
  }
}

/** A command that cannot be read is answered as over the socket. */
const asAnswer = (error: unknown): ControlAnswer => ({
  error: error instanceof Error ? error.message : String(error),
});
