import { hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { stillUser } from "../../database/ownership.js";
import { pageSessionLifetime, type UserRecord } from "../../database/rows/users.js";
import type { ReadTables, ServerTables } from "../../database/store.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";

/** Sessions of one User's pages; the oldest gives way. */
const maximumSessions = 16;
const tokenLength = 32;

/** Of a session's row: what is kept of its token. */
export const sessionName = ({ suite }: Pick<ServerPorts, "suite">, token: Uint8Array): string =>
  hex(suite.sha256(token));

/** A new session; its token, 32 random octets, which is kept nowhere at the Server. */
export async function beginSession(
  ports: Pick<ServerPorts, "suite" | "random" | "clock">,
  { pageSessions }: Pick<ServerTables, "pageSessions">,
  { identity, userID }: UserRecord,
): Promise<Uint8Array> {
  const user = hex(identity);
  if ((await pageSessions.count("user", user)) >= maximumSessions)
    await pageSessions.dropOldest("user", user);
  const token = randomOctets(ports.random, tokenLength);
  const endsAt = Milliseconds(ports.clock.now() + pageSessionLifetime);
  await pageSessions.put(sessionName(ports, token), { identity, userID, endsAt });
  return token;
}

/** The User of a session that has not ended, and who has not been removed since. */
export async function userOf(
  ports: Pick<ServerPorts, "suite">,
  tables: Pick<ReadTables, "pageSessions" | "users">,
  token: Uint8Array | undefined,
): Promise<UserRecord | undefined> {
  return token?.length === tokenLength ? userBySession(tables, sessionName(ports, token)) : undefined;
}

/** The same by the name of the session's row. */
export async function userBySession(
  tables: Pick<ReadTables, "pageSessions" | "users">,
  name: string,
): Promise<UserRecord | undefined> {
  const session = await tables.pageSessions.get(name);
  return session && stillUser(tables, session.userID, session.identity);
}

/** Ends the session, or all of its User's. */
export async function endSession(
  ports: Pick<ServerPorts, "suite">,
  { pageSessions }: Pick<ServerTables, "pageSessions">,
  token: Uint8Array,
  everywhere: boolean,
): Promise<void> {
  const name = sessionName(ports, token);
  const session = await pageSessions.get(name);
  await pageSessions.delete(name);
  if (session === undefined || !everywhere) return;
  for (const { key } of await pageSessions.find("user", hex(session.identity), maximumSessions)) {
    await pageSessions.delete(key);
  }
}
