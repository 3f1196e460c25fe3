import { equalBytes, wipe } from "../base/octets.js";
import { StoreError } from "./errors.js";
import type { StoredRecord } from "./record.js";
import { type EUKeyData, type LocalKeyData, type LocalKeysData, maximumLocalKeys } from "./schemas.js";

type Owner = Pick<EUKeyData, "serverID" | "userID">;

/** Of a table, without its keys. */
interface Facts extends Owner {
  readonly pnIDs: readonly Uint8Array[];
}

/**
 * The LocalEUKeys of one User at one Server; a device that changes hands keeps none of the previous owner's, and a table
 * of somebody else reads as empty. Key ids grow under one EUKey: what was wrapped under another opens no more, and a
 * Server that begins anew with a new EUKey (as one whose database was put back does) is believed.
 */
export class LocalKeyTable {
  readonly #record: StoredRecord<LocalKeysData>;
  /** "none" without a table; undefined while nobody has read it. */
  #facts: Facts | "none" | undefined;

  constructor(record: StoredRecord<LocalKeysData>) {
    this.#record = record;
  }

  /** The PN's key, a copy to be wiped by the caller. */
  get(owner: Owner, pnID: Uint8Array): LocalKeyData | undefined {
    const facts = this.#known();
    if (facts === "none" || !facts.pnIDs.some((one) => equalBytes(one, pnID))) return undefined;
    const { keys } = this.#of(owner);
    const found = keys.find((one) => equalBytes(one.pnID, pnID));
    keys.forEach((one) => {
      if (one !== found) wipe(one.key);
    });
    return found;
  }

  /** Throws StoreError("store.keyNotNewer") unless the id is greater than every id seen under this EUKey (C-25). */
  put(owner: Owner & Pick<EUKeyData, "id">, key: LocalKeyData): void {
    const { highest, keys, euKeyID = owner.id } = this.#of(owner);
    const seen = equalBytes(euKeyID, owner.id) ? highest : 0;
    try {
      if (key.keyID <= seen) throw new StoreError("store.keyNotNewer", `${key.keyID} after ${seen}`);
      const others = keys.filter((one) => !equalBytes(one.pnID, key.pnID)).slice(1 - maximumLocalKeys);
      this.#replace(owner, key.keyID, [...others, key]);
    } finally {
      keys.forEach((one) => {
        wipe(one.key);
      });
    }
  }

  /** Erases a table that is not this owner's. */
  keepOnly(owner: Owner | undefined): void {
    const facts = this.#known();
    if (facts === "none" || (owner !== undefined && sameOwner(facts, owner))) return;
    this.forget();
    this.#record.slots.erase();
  }

  /** The next look goes to flash. */
  forget(): void {
    this.#facts = undefined;
  }

  #known(): Facts | "none" {
    if (this.#facts === undefined)
      this.#read()?.keys.forEach((one) => {
        wipe(one.key);
      });
    return this.#facts ?? "none";
  }

  /** The keys are the caller's, to be wiped. */
  #read(): LocalKeysData | undefined {
    if (this.#facts === "none") return undefined;
    const stored = this.#record.read();
    this.#facts = stored === undefined ? "none" : factsOf(stored, stored.keys);
    return stored;
  }

  #of(owner: Owner): Pick<LocalKeysData, "highest" | "keys" | "euKeyID"> {
    const stored = this.#read();
    if (stored !== undefined && sameOwner(stored, owner)) return stored;
    stored?.keys.forEach((one) => {
      wipe(one.key);
    });
    return { highest: 0, keys: [] };
  }

  #replace(owner: Owner & Pick<EUKeyData, "id">, highest: number, keys: readonly LocalKeyData[]): void {
    this.forget();
    const { userID, serverID, id: euKeyID } = owner;
    this.#record.replace({ highest, keys, userID, serverID, euKeyID });
    this.#facts = factsOf(owner, keys);
  }
}

const factsOf = ({ userID, serverID }: Owner, keys: readonly LocalKeyData[]): Facts => ({
  userID,
  serverID,
  pnIDs: keys.map(({ pnID }) => pnID),
});

const sameOwner = (a: Owner, b: Owner): boolean =>
  equalBytes(a.serverID, b.serverID) && equalBytes(a.userID, b.userID);
