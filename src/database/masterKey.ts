import { equalBytes } from "../base/octets.js";
import { DatabaseError } from "./errors.js";
import type { Database } from "./port.js";
import { settings } from "./rows/entities.js";
import { masterKeyMark, type Sealer } from "./sealing.js";
import type { ServerStore } from "./store.js";

/**
 * Whoever opens the database, before anything else: the master key that seals here is its first one from now on, in every
 * transaction that begins after this one, of whatever Server. Throws DatabaseError: "database.otherKeys" when the one that
 * sealed before is none of its keys, "database.sealed" when it was never said and what is there does not open.
 */
export function claimMasterKey(store: ServerStore, sealer: Pick<Sealer, "keyName" | "knows">): Promise<void> {
  return store.transaction(async ({ settings, users, entities }) => {
    const said = (await settings.get(masterKeyMark))?.value;
    if (said !== undefined && !sealer.knows(said)) throw new DatabaseError("database.otherKeys");
    if (said === undefined) {
      await users.page("", 1);
      await entities.page("", 1);
    }
    const value = sealer.keyName;
    if (said === undefined || !equalBytes(said, value)) await settings.put(masterKeyMark, { value });
  });
}

/** True when a master key has sealed in this database: who has none must not make one. */
export const isClaimed = async (database: Pick<Database, "read">): Promise<boolean> =>
  (await database.read((rows) => rows.get(settings.table, masterKeyMark))) !== undefined;
