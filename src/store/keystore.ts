import { decode, encode, type Infer, type Schema } from "../codec/schema.js";
import { equalBytes, wipe } from "../crypto/bytes.js";
import type { Suite } from "../crypto/suite.js";
import type { KeyValue } from "../ports.js";
import { StoreError } from "./errors.js";
import {
  attemptsRecord,
  type EUKeyData,
  identityRecord,
  keysRecord,
  type LocalKeyData,
  localKeysRecord,
  maximumLocalKeys,
} from "./schemas.js";
import { SlotRecord } from "./slots.js";

/** Which keys the device holds; a staged key never replaces the committed one before it is proven. */
export type KeyState =
  | { readonly at: "empty" }
  | { readonly at: "staged"; readonly staged: EUKeyData }
  | { readonly at: "enrolled"; readonly committed: EUKeyData }
  | { readonly at: "replacing"; readonly committed: EUKeyData; readonly staged: EUKeyData };

const resetMark = "reset";

/** The device's keys in flash, over a KeyValue port: two slots a record, durable at the return of each call. */
export class KeyStore {
  readonly #store: KeyValue;
  readonly #keys: SlotRecord;
  readonly #localKeys: SlotRecord;
  readonly #identity: SlotRecord;
  readonly #attempts: SlotRecord;

  /** Finishes a factory reset that a power cut interrupted before anything is read. */
  constructor(store: KeyValue, suite: Suite) {
    this.#store = store;
    this.#keys = new SlotRecord(store, suite, "euk");
    this.#localKeys = new SlotRecord(store, suite, "leu");
    this.#identity = new SlotRecord(store, suite, "id");
    this.#attempts = new SlotRecord(store, suite, "try");
    if (store.read(resetMark) !== undefined) this.#eraseAll();
  }

  /** The keys as they stand; the octets are the caller's copies, to be wiped. */
  get keys(): KeyState {
    const { committed, staged } = read(this.#keys, keysRecord) ?? {};
    if (committed !== undefined) {
      return staged === undefined ? { at: "enrolled", committed } : { at: "replacing", committed, staged };
    }
    return staged === undefined ? { at: "empty" } : { at: "staged", staged };
  }

  /** Keeps a delivered key beside the committed one (EUK-UI-09, EUK-UI-21, EUK-GW-13). */
  stage(staged: EUKeyData): void {
    const { committed } = read(this.#keys, keysRecord) ?? {};
    this.#putKeys(committed === undefined ? { staged } : { committed, staged }, "write");
    wipe(committed?.key);
  }

  /** Makes the staged key with this id the only one. Throws StoreError("store.notStaged"). */
  commit(keyID: Uint8Array): void {
    const { staged, committed } = read(this.#keys, keysRecord) ?? {};
    wipe(committed?.key);
    if (staged === undefined || !equalBytes(staged.id, keyID)) throw new StoreError("store.notStaged");
    this.#putKeys({ committed: staged }, "replace");
    wipe(staged.key);
  }

  #putKeys(value: Infer<typeof keysRecord>, how: "write" | "replace"): void {
    const octets = encode(keysRecord, value);
    try {
      this.#keys[how](octets);
    } finally {
      wipe(octets);
    }
  }

  /** The Entity ID that a PN GW assigned (PNR-06, C-12); factory IDs live in the factory namespace. */
  get entityID(): Uint8Array | undefined {
    return read(this.#identity, identityRecord)?.entityID;
  }

  set entityID(entityID: Uint8Array) {
    this.#identity.write(encode(identityRecord, { entityID }));
  }

  /** Failed enrolments in a row, so that a restart gives no free tries. */
  get failures(): number {
    return read(this.#attempts, attemptsRecord)?.failures ?? 0;
  }

  set failures(failures: number) {
    if (failures === 0) this.#attempts.erase();
    else this.#attempts.write(encode(attemptsRecord, { failures: Math.min(failures, 0xffff) }));
  }

  localKey(pnID: Uint8Array): LocalKeyData | undefined {
    const { keys } = read(this.#localKeys, localKeysRecord) ?? { keys: [] };
    const found = keys.find((one) => equalBytes(one.pnID, pnID));
    for (const one of keys) if (one !== found) wipe(one.key);
    return found;
  }

  /**
   * Stores a LocalEUKey (PNI-06a, PNI-06c), the oldest giving way when there are too many. Throws
   * StoreError("store.keyNotNewer") unless its id is greater than every id seen before (C-25).
   */
  putLocalKey(key: LocalKeyData): void {
    const { highest, keys } = read(this.#localKeys, localKeysRecord) ?? { highest: 0, keys: [] };
    if (key.keyID <= highest) throw new StoreError("store.keyNotNewer", `${key.keyID} after ${highest}`);
    const others = keys.filter((one) => !equalBytes(one.pnID, key.pnID)).slice(1 - maximumLocalKeys);
    this.#putLocalKeys({ highest: key.keyID, keys: [...others, key] });
    for (const one of keys) wipe(one.key);
  }

  /** Forgets a PN's key; the highest id stays, so that the key cannot come back. */
  removeLocalKey(pnID: Uint8Array): void {
    const stored = read(this.#localKeys, localKeysRecord);
    if (stored === undefined) return;
    const keys = stored.keys.filter((one) => !equalBytes(one.pnID, pnID));
    if (keys.length < stored.keys.length) this.#putLocalKeys({ ...stored, keys });
    for (const one of stored.keys) wipe(one.key);
  }

  #putLocalKeys(value: Infer<typeof localKeysRecord>): void {
    const octets = encode(localKeysRecord, value);
    try {
      this.#localKeys.replace(octets);
    } finally {
      wipe(octets);
    }
  }

  /**
   * Forgets everything: a durable mark first, so that a power cut at any later moment only means that the next start
   * goes on; then every value is overwritten and deleted, the mark last.
   */
  factoryReset(): void {
    this.#store.write(resetMark, Uint8Array.of(1));
    this.#eraseAll();
  }

  #eraseAll(): void {
    for (const slots of [this.#keys, this.#localKeys, this.#identity, this.#attempts]) slots.erase();
    // What an older firmware may have left behind goes as well.
    for (const name of this.#store.names()) if (name !== resetMark) this.#store.delete(name);
    this.#store.delete(resetMark);
  }
}

function read<T>(slots: SlotRecord, schema: Schema<T>): T | undefined {
  const octets = slots.read();
  if (octets === undefined) return undefined;
  try {
    return decode(schema, octets);
  } catch {
    // The check value held, so this is not flash: another firmware wrote a form that we do not know.
    throw new StoreError("store.version");
  } finally {
    wipe(octets);
  }
}
