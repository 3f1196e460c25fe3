import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { ascii } from "../../src/base/octets.js";
import type { Log } from "../../src/base/ports.js";
import { settle } from "../../src/database/backup.js";
import { claimMasterKey, isClaimed } from "../../src/database/masterKey.js";
import type { Database } from "../../src/database/port.js";
import { Sealer } from "../../src/database/sealing.js";
import { layouts, Store } from "../../src/database/store.js";
import type { ServerEntityPorts } from "../../src/server/ports.js";
import { aes256Gcm } from "../node/database/aes.js";
import { PostgresDatabase } from "../node/database/postgres.js";
import { SqliteDatabase } from "../node/database/sqlite.js";
import { NodeClock } from "../node/nodeClock.js";
import { nodeRandom, nodeSuite } from "../node/nodeSuite.js";
import { makeFolder } from "../node/program/folder.js";
import { Misuse, Refusal } from "../node/program/misuse.js";
import type { Values } from "../node/program/settings.js";
import { hasKeys, makeKeys, missingKeys, readKeys, type ServerKeys } from "./keys.js";

/** The Server's data, opened. */
export interface OpenServer {
  readonly keys: ServerKeys;
  readonly database: Database;
  readonly sealer: Sealer;
  readonly store: Store;
  readonly ports: ServerEntityPorts;
  /** What the database itself finds wrong with its file, a line each. */
  damage(): Promise<readonly string[]>;
}

const longestRealm = 32;

export const dataFolder = (values: Values): string => values.data ?? "";

/** Makes the data folder, for its owner alone. Throws Refusal when it cannot be used. */
export function makeDataFolder(values: Values): void {
  const folder = dataFolder(values);
  try {
    makeFolder(folder);
    chmodSync(folder, 0o700);
  } catch (error) {
    throw new Refusal(
      `${folder || "a folder without a name"} cannot be used (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

/**
 * Opens keys and database of the data folder; `create` makes both for a Server that is new, which is one without keys;
 * `makeFile` makes a file for SQLite beside keys that are there. A back-up that was put back jumps ahead now. Throws
 * Refusal, and DatabaseError for keys that are not those of this database.
 */
export async function openServer(
  values: Values,
  log: Log,
  create: boolean,
  makeFile = false,
): Promise<OpenServer> {
  const folder = dataFolder(values);
  if (create) makeDataFolder(values);
  const isNew = create && !hasKeys(folder);
  const known = isNew ? undefined : readKeys(folder);
  const { realm = "" } = values;
  if (!/^[!-~]{1,32}$/.test(realm)) {
    throw new Misuse(`--realm takes 1 to ${longestRealm} printable characters without spaces`);
  }
  const database = await openDatabase(values, folder, isNew || makeFile);
  // After the database: keys without one are those of a Server whose database is somewhere else.
  const keys = known ?? (await keysBeside(database, folder));
  const clock = new NodeClock((error) => log.event("server.fault", { error: String(error) }));
  const sealer = new Sealer({ suite: nodeSuite, aead: aes256Gcm, random: nodeRandom, keys: keys.master });
  const store = new Store({ database, sealer, clock, random: nodeRandom, log });
  const everybody = values.everybody !== undefined;
  const ports: ServerEntityPorts = {
    suite: nodeSuite,
    random: nodeRandom,
    clock,
    store,
    log,
    secrets: { unknown: keys.unknownUsers },
    serverID: ascii(realm),
    ...(everybody && { policy: { mayJoin: () => true } }),
    // A person's hello is answered, so that it is seen to have arrived.
    application: (_origin, _pnID, data) => data.slice(0, longestEcho),
  };
  const damage = async (): Promise<readonly string[]> =>
    database instanceof SqliteDatabase ? database.damage() : [];
  try {
    await claimMasterKey(store, sealer);
    await settle(store, clock);
    return { keys, database, sealer, store, ports, damage };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function keysBeside(database: Database, folder: string): Promise<ServerKeys> {
  try {
    // Those that would be made here could open nothing of it, and would stand in the place of those that can.
    if (await isClaimed(database)) throw new Refusal(missingKeys(folder));
    return makeKeys(folder);
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The same tables over another database. */
export const storeOver = (database: Database, { sealer, ports }: OpenServer): Store =>
  new Store({ database, sealer, clock: ports.clock, random: ports.random, log: ports.log });

const longestEcho = 200;

async function openDatabase({ database }: Values, folder: string, makeFile: boolean): Promise<Database> {
  if (database === undefined) {
    const file = join(folder, "cpns.sqlite");
    // Else a Server without CPNS_DATABASE would know nobody, and a command show, or back up, what it has.
    if (!makeFile && !existsSync(file))
      throw new Refusal(`${file} is not there: give CPNS_DATABASE for PostgreSQL, or put a back-up back`);
    return new SqliteDatabase(file, layouts);
  }
  if (!/^postgres(ql)?:\/\//.test(database))
    throw new Misuse("the database is postgres://user:password@host/name");
  return PostgresDatabase.open({ url: database }, layouts);
}
