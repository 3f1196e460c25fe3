import { equalBytes, wipe } from "../base/octets.js";
import { StoreError } from "./errors.js";
import type { StoredRecord } from "./record.js";
import { type EUKeyData, type LocalKeyData, type LocalKeysData, maximumLocalKeys } from "./schemas.js";

type Owner = Pick<EUKeyData, "serverID" | "userID">;

/**
 * The LocalEUKeys of one User at one Server: key ids grow per Server, and a device that changes hands keeps none of
 * the previous owner's. A table of somebody else reads as empty.
 */
export class LocalKeyTable {
  readonly #record: StoredRecord<LocalKeysData>;

  constructor(record: StoredRecord<LocalKeysData>) {
    this.#record = record;
  }

  /** The PN's key, a copy to be wiped by the caller. */
  get(owner: Owner, pnID: Uint8Array): LocalKeyData | undefined {
    const { keys } = this.#of(owner);
    const found = keys.find((one) => equalBytes(one.pnID, pnID));
    for (const one of keys) if (one !== found) wipe(one.key);
    return found;
  }

  /** Throws StoreError("store.keyNotNewer") unless the id is greater than every id seen before (C-25). */
  put(owner: Owner, key: LocalKeyData): void {
    const { highest, keys } = this.#of(owner);
    try {
      if (key.keyID <= highest) throw new StoreError("store.keyNotNewer", `${key.keyID} after ${highest}`);
      const others = keys.filter((one) => !equalBytes(one.pnID, key.pnID)).slice(1 - maximumLocalKeys);
      this.#replace(owner, key.keyID, [...others, key]);
    } finally {
      for (const one of keys) wipe(one.key);
    }
  }

  /** Erases a table that is not this owner's. */
  keepOnly(owner: Owner | undefined): void {
    const stored = this.#record.read();
    if (stored === undefined) return;
    for (const one of stored.keys) wipe(one.key);
    if (owner === undefined || !sameOwner(stored, owner)) this.#record.slots.erase();
  }

  #of(owner: Owner): Pick<LocalKeysData, "highest" | "keys"> {
    const stored = this.#record.read();
    if (stored !== undefined && sameOwner(stored, owner)) return stored;
    for (const one of stored?.keys ?? []) wipe(one.key);
    return { highest: 0, keys: [] };
  }

  #replace(owner: Owner, highest: number, keys: readonly LocalKeyData[]): void {
    this.#record.replace({ highest, keys, userID: owner.userID, serverID: owner.serverID });
  }
}

const sameOwner = (a: Owner, b: Owner): boolean =>
  equalBytes(a.serverID, b.serverID) && equalBytes(a.userID, b.userID);
