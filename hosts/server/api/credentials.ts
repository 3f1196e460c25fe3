import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { fromHex, hex, wipe } from "../../../src/base/octets.js";
import type { UserRecord } from "../../../src/database/rows/users.js";
import type { ReadTables } from "../../../src/database/store.js";
import { sessionName, userBySession } from "../../../src/protocols/account/session.js";
import { ProgramError } from "../../../src/server/programs/errors.js";
import {
  holderOf,
  isStale,
  type Scope,
  scopes,
  scopesOf,
  tokenLength,
  used,
} from "../../../src/server/programs/tokens.js";
import { AddressBudget } from "../../node/https/limits.js";
import { addressOf } from "../../node/pages/serve.js";
import { taken } from "../../node/taken.js";
import type { ApiPorts } from "./route.js";

/** Wrong tokens from one network: ten at once, then one in five seconds. */
const guesses = Object.freeze({ rate: 0.2, burst: 10, addresses: 10_000 });
/** Requests by one token, by one User's pages, and by one network with sessions of pages that are none. */
export const tokenLimits = Object.freeze({ rate: 10, burst: 100, addresses: 10_000 });
/** Tokens and sessions that were right a while ago: a guesser in the same network does not shut them out. */
const mostKnown = 10_000;

const prefix = "cpns_";
const form = /^Bearer cpns_([\w-]{54})$/;

/** A token as people copy it: its 40 octets, which are wiped, in Base64url behind a word that scanners for secrets know. */
export function tokenText(octets: Uint8Array): string {
  const text = prefix + textOf(octets, "base64url");
  wipe(octets);
  return text;
}

/** Without a copy of the octets. */
export const textOf = ({ buffer, byteOffset, length }: Uint8Array, form: "base64" | "base64url"): string =>
  Buffer.from(buffer, byteOffset, length).toString(form);

export interface Credentials {
  readonly user: UserRecord;
  /** What it may do; everything at the User's own page. */
  readonly scopes: readonly (Scope | "page")[];
  /** Whether they still hold. */
  still(tables: ReadTables): Promise<boolean>;
}

/** Finds out who asks. */
export class Doorkeeper {
  readonly #ports: ApiPorts;
  readonly #guesses: AddressBudget;
  readonly #requests: AddressBudget;
  readonly #known = new Set<string>();
  readonly #most: number;

  constructor(ports: ApiPorts, known = mostKnown) {
    this.#ports = ports;
    this.#most = known;
    const now = () => ports.clock.now();
    this.#guesses = new AddressBudget(guesses, now);
    this.#requests = new AddressBudget(tokenLimits, now);
  }

  /** Throws ProgramError("api.token" | "api.tooMany"), DatabaseError. */
  async who(request: IncomingMessage): Promise<Credentials> {
    const address = addressOf(request);
    const session = request.headers["cpns-session"];
    if (typeof session === "string") return this.#page(session, address);
    const [, text] = form.exec(request.headers.authorization ?? "") ?? [];
    if (text === undefined) throw new ProgramError("api.token");
    const octets = taken(Buffer.from(text, "base64url"));
    try {
      return await this.#token(octets, address);
    } finally {
      wipe(octets);
    }
  }

  async #token(octets: Uint8Array, address: string): Promise<Credentials> {
    // Of 256 random bits: what is kept here says as little as what the database has.
    const name = octets.length === tokenLength ? createHash("sha256").update(octets).digest("hex") : "";
    if (!this.#known.has(name) && !this.#guesses.has(address)) throw new ProgramError("api.tooMany");
    const { store, clock } = this.#ports;
    const holder = await store.read((tables) => holderOf(this.#ports, tables, octets));
    if (holder === undefined) {
      this.#known.delete(name);
      this.#guesses.take(address);
      throw new ProgramError("api.token");
    }
    this.#remember(name);
    if (!this.#requests.take(holder.id)) throw new ProgramError("api.tooMany");
    if (isStale(holder.token, clock.now())) {
      await store.transaction((tables) => used(tables, holder.id, clock.now()));
    }
    const still = async (tables: ReadTables): Promise<boolean> =>
      (await tables.apiTokens.get(holder.id)) !== undefined;
    return { user: holder.user, scopes: scopesOf(holder.token), still };
  }

  #remember(name: string): void {
    this.#known.delete(name);
    this.#known.add(name);
    const [oldest] = this.#known;
    if (this.#known.size > this.#most && oldest !== undefined) this.#known.delete(oldest);
  }

  async #page(session: string, address: string): Promise<Credentials> {
    const octets = /^[0-9a-f]{64}$/.test(session) ? fromHex(session) : undefined;
    const name = octets && sessionName(this.#ports, octets);
    wipe(octets);
    // Not the budget of guesses: a program whose token is over does not keep its User from the page where new ones are made.
    if (!this.#known.has(name ?? "") && !this.#requests.has(`page ${address}`))
      throw new ProgramError("api.tooMany");
    const user = name && (await this.#ports.store.read((tables) => userBySession(tables, name)));
    if (!name || !user) {
      this.#known.delete(name ?? "");
      this.#requests.take(`page ${address}`);
      throw new ProgramError("api.token");
    }
    this.#remember(name);
    if (!this.#requests.take(`page ${hex(user.identity)}`)) throw new ProgramError("api.tooMany");
    const still = async (tables: ReadTables): Promise<boolean> =>
      (await userBySession(tables, name)) !== undefined;
    return { user, scopes: [...scopes, "page"], still };
  }
}
