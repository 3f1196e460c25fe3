import { attempt } from "../../../src/base/outcome.js";
import { Milliseconds } from "../../../src/base/units.js";
import { utf8Length } from "../../../src/codec/utf8.js";
import { ProgramError } from "../../../src/server/programs/errors.js";
import {
  makeToken,
  revokeToken,
  type Scope,
  type ShownToken,
  scopes,
  scopesOf,
  tokensOf,
} from "../../../src/server/programs/tokens.js";
import { tokenText } from "./credentials.js";
import { type ApiPorts, dayOf, instantOf, objectOf, ok, type Route, there } from "./route.js";

const day = 24 * 3_600_000;
const longestName = 32;
export const longestDays = 366;

export const shownToken = ({ id, token }: ShownToken) => ({
  id,
  name: token.name,
  scopes: scopesOf(token),
  createdAt: instantOf(token.createdAt * 1000),
  ...(token.endsAt !== undefined && { expiresAt: instantOf(token.endsAt) }),
  ...(token.usedAt !== undefined && { lastUsed: dayOf(token.usedAt) }),
});

/** A name for people. Throws ProgramError("api.request"). */
export function nameOf(value: unknown): string {
  // A lone surrogate has no length in UTF-8.
  const length = typeof value === "string" ? attempt(() => utf8Length(value)) : undefined;
  const fits = length !== undefined && "value" in length && length.value > 0 && length.value <= longestName;
  if (typeof value !== "string" || !fits)
    throw new ProgramError("api.request", `name takes 1 to ${longestName} octets of text`);
  return value;
}

/** Throws ProgramError("api.request"). */
export function scopesIn(value: unknown): readonly Scope[] {
  const known = (one: unknown): one is Scope => scopes.includes(one as Scope);
  if (!Array.isArray(value) || value.length === 0 || !value.every(known))
    throw new ProgramError("api.request", `scopes is a list of ${scopes.join(", ")}`);
  return scopes.filter((scope) => value.includes(scope));
}

/** When a token ends that lasts so many days from now. Throws ProgramError("api.request"). */
export function endOf(days: unknown, now: Milliseconds): Milliseconds | undefined {
  if (days === undefined) return undefined;
  if (!Number.isInteger(days) || Number(days) < 1 || Number(days) > longestDays)
    throw new ProgramError("api.request", `days is a whole number from 1 to ${longestDays}`);
  return Milliseconds(now + Number(days) * day);
}

/** A User's own tokens, by the session of the Server's page: a token makes none, and ends none. */
export const tokenRoutes = (ports: ApiPorts): readonly Route[] => [
  {
    method: "GET",
    path: "/tokens",
    scope: "page",
    async run({ user }) {
      const tokens = await ports.store.read((tables) => tokensOf(tables, user));
      return ok({ tokens: tokens.map(shownToken) });
    },
  },
  {
    method: "POST",
    path: "/tokens",
    scope: "page",
    async run({ user, body }) {
      const { name, scopes: wanted, days } = objectOf(body, "name", "scopes", "days");
      const endsAt = endOf(days, ports.clock.now());
      const token = { name: nameOf(name), scopes: scopesIn(wanted), ...(endsAt !== undefined && { endsAt }) };
      const made = await ports.store.transaction((tables) => makeToken(ports, tables, user, token));
      return { status: 201, body: { ...shownToken(made), token: tokenText(made.octets) } };
    },
  },
  {
    method: "DELETE",
    path: "/tokens/{token}",
    scope: "page",
    async run({ user, named }) {
      const gone = await ports.store.transaction((tables) => revokeToken(tables, named.token ?? "", user));
      there(gone || undefined);
      return { status: 204 };
    },
  },
];
