import { concat, equalBytes, hex, wipe } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { type Milliseconds, Seconds, toSeconds } from "../../base/units.js";
import { stillUser } from "../../database/ownership.js";
import type { TokenRecord } from "../../database/rows/programs.js";
import type { UserRecord } from "../../database/rows/users.js";
import type { ReadTables, ServerTables } from "../../database/store.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { ProgramError } from "./errors.js";

/** By the number of their bit in the row: what a token is for. A new one goes to the end. */
export const scopes = Object.freeze(["read", "send", "stream", "webhooks"] as const);
export type Scope = (typeof scopes)[number];

/** Tokens of one User. */
export const maximumTokens = 32;
/** Octets of a token: its id, by which its row is found, and 256 random bits, which prove it. */
export const idLength = 8;
const secretLength = 32;
export const tokenLength = idLength + secretLength;
const day = 24 * 3_600;

export interface NewToken {
  /** For people: 1 to 32 octets of UTF-8. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly endsAt?: Milliseconds;
}

type Ports = Pick<ServerPorts, "suite" | "random" | "clock">;

/** A token as its User sees it. */
export interface ShownToken {
  readonly id: string;
  readonly token: TokenRecord;
}

/** Who asks may have been removed since he was looked up: nothing is kept for nobody. Throws ProgramError("api.token"). */
export async function expectUser(
  tables: Pick<ReadTables, "users">,
  { userID, identity }: UserRecord,
): Promise<void> {
  if ((await stillUser(tables, userID, identity)) === undefined) throw new ProgramError("api.token");
}

/**
 * Makes a token: 40 octets, which are kept nowhere; who has them wipes them. Throws ProgramError("api.full" |
 * "api.token").
 */
export async function makeToken(
  { suite, random, clock }: Ports,
  tables: ServerTables,
  user: UserRecord,
  { name, scopes: wanted, endsAt }: NewToken,
): Promise<ShownToken & { readonly octets: Uint8Array }> {
  await expectUser(tables, user);
  const { identity, userID } = user;
  if ((await tables.apiTokens.count("owner", hex(identity))) >= maximumTokens) {
    throw new ProgramError("api.full", `${maximumTokens} tokens`);
  }
  const id = randomOctets(random, idLength);
  const secret = randomOctets(random, secretLength);
  const token: TokenRecord = {
    identity,
    userID,
    name,
    scopes: wanted.reduce((bits, scope) => bits | bitOf(scope), 0),
    digest: suite.sha256(secret),
    createdAt: toSeconds(clock.now()),
    ...(endsAt !== undefined && { endsAt }),
  };
  await tables.apiTokens.put(hex(id), token);
  await tables.note("token.made", { user: hex(userID), token: hex(id) });
  const octets = concat(id, secret);
  wipe(secret);
  return { id: hex(id), token, octets };
}

const bitOf = (scope: Scope): number => 1 << scopes.indexOf(scope);

/** Whether the token is for this. */
export const allows = ({ scopes: bits }: TokenRecord, scope: Scope): boolean => (bits & bitOf(scope)) !== 0;

export const scopesOf = (token: TokenRecord): readonly Scope[] =>
  scopes.filter((scope) => allows(token, scope));

export interface Holder extends ShownToken {
  readonly user: UserRecord;
}

/** Whose the token is; undefined for one that is not known, altered, over, or of a User who has gone. */
export async function holderOf(
  { suite }: Pick<Ports, "suite">,
  tables: Pick<ReadTables, "apiTokens" | "users">,
  octets: Uint8Array,
): Promise<Holder | undefined> {
  if (octets.length !== tokenLength) return undefined;
  const id = hex(octets.subarray(0, idLength));
  const token = await tables.apiTokens.get(id);
  // The same work whether there is such an id or not.
  const digest = suite.sha256(octets.subarray(idLength));
  if (!equalBytes(token?.digest ?? new Uint8Array(digest.length), digest) || token === undefined)
    return undefined;
  const user = await stillUser(tables, token.userID, token.identity);
  return user && { id, token, user };
}

/** Whether the day of its last use has to be noted. */
export const isStale = ({ usedAt = Seconds(0) }: TokenRecord, now: Milliseconds): boolean =>
  Math.abs(toSeconds(now) - usedAt) >= day;

/** To a day: a row that changes with every use would be written with every use. */
export async function used(
  { apiTokens }: Pick<ServerTables, "apiTokens">,
  id: string,
  now: Milliseconds,
): Promise<void> {
  const token = await apiTokens.get(id);
  if (token !== undefined && isStale(token, now))
    await apiTokens.put(id, { ...token, usedAt: toSeconds(now) });
}

/** The User's tokens, the oldest first. */
export async function tokensOf(
  { apiTokens }: Pick<ReadTables, "apiTokens">,
  { identity }: UserRecord,
): Promise<readonly ShownToken[]> {
  const found = await apiTokens.find("owner", hex(identity), maximumTokens);
  return found
    .map(({ key, value }) => ({ id: key, token: value }))
    .sort((a, b) => a.token.createdAt - b.token.createdAt || (a.id < b.id ? -1 : 1));
}

/** Ends a token of this User's, or of anybody's where none is named. False when there is none. */
export async function revokeToken(
  tables: ServerTables,
  id: string,
  owner?: Pick<UserRecord, "identity">,
): Promise<boolean> {
  const token = await tables.apiTokens.get(id);
  if (token === undefined || (owner !== undefined && !equalBytes(token.identity, owner.identity)))
    return false;
  await tables.apiTokens.delete(id);
  await tables.note("token.revoked", { user: hex(token.userID), token: id });
  return true;
}
