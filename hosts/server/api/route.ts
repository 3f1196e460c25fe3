import type { IncomingMessage, ServerResponse } from "node:http";
import type { UserRecord } from "../../../src/database/rows/users.js";
import type { ReadTables } from "../../../src/database/store.js";
import type { StoredServerPorts } from "../../../src/procedure/serverPorts.js";
import { ProgramError } from "../../../src/server/programs/errors.js";
import type { Scope } from "../../../src/server/programs/tokens.js";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Who asks, and for what. */
export interface Call {
  readonly user: UserRecord;
  /** What stands in the path for {device} and the like. */
  readonly named: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON of a POST or PUT. */
  readonly body: unknown;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Whether who asks still may, for answers that last. */
  still(tables: ReadTables): Promise<boolean>;
}

/** What is answered; `undefined` by who answers over the response itself. */
export interface Reply {
  readonly status: 200 | 201 | 204;
  readonly body?: unknown;
}

export interface Route {
  readonly method: Method;
  /** Below /api/v1: "/devices/{device}". */
  readonly path: string;
  /** What a token must be for; `page`: the User's own session at the Server's page, and no token. */
  readonly scope: Scope | "page";
  run(call: Call): Promise<Reply | undefined>;
}

export type ApiPorts = Pick<StoredServerPorts, "suite" | "random" | "clock" | "store">;

export const ok = (body: unknown): Reply => ({ status: 200, body });

/** Throws ProgramError("api.unknown"): the same for what is another User's and for what nobody has. */
export function there<T>(found: T | undefined): T {
  if (found === undefined) throw new ProgramError("api.unknown");
  return found;
}

/** The members of a JSON object, none beside those that are named. Throws ProgramError("api.request"). */
export function objectOf(body: unknown, ...names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new ProgramError("api.request", "a JSON object is expected");
  const strange = Object.keys(body).some((name) => !names.includes(name));
  if (strange) throw new ProgramError("api.request", `it may have ${names.join(", ")}`);
  return body as Readonly<Record<string, unknown>>;
}

/** An instant as programs read it: 2026-11-29T07:00:00.000Z. */
export const instantOf = (milliseconds: number): string => new Date(milliseconds).toISOString();
/** A day: 2026-11-29. */
export const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);
