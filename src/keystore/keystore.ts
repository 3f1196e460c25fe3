import { equalBytes, wipe } from "../base/octets.js";
import { type KeyValue, type Log, silentLog } from "../base/ports.js";
import type { Schema } from "../codec/schema.js";
import type { Suite } from "../crypto/suite.js";
import { StoreError } from "./errors.js";
import { LocalKeyTable } from "./localKeys.js";
import { StoredRecord } from "./record.js";
import { eraseAll, markReset, resetMark } from "./reset.js";
import {
  attemptsRecord,
  type EUKeyData,
  epochRecord,
  identityRecord,
  type KeysData,
  keysRecord,
  type LocalKeyData,
  localKeysRecord,
  nameRecord,
} from "./schemas.js";
import { SlotRecord } from "./slots.js";

/** Which keys the device holds; a staged key never replaces the committed one before it is proven. */
export type KeyState =
  | { readonly at: "empty" }
  | { readonly at: "staged"; readonly staged: EUKeyData }
  | { readonly at: "enrolled"; readonly committed: EUKeyData }
  | { readonly at: "replacing"; readonly committed: EUKeyData; readonly staged: EUKeyData };

/**
 * The device's keys in flash, over a KeyValue port: two slots a record, durable at the return of each call. Every
 * call may throw StoreError("store.full" | "store.broken"), which leaves the old state, and "store.version".
 */
export class KeyStore {
  readonly #store: KeyValue;
  readonly #log: Log;
  readonly #keys: StoredRecord<KeysData>;
  readonly #localKeys: LocalKeyTable;
  readonly #identity: StoredRecord<{ readonly entityID: Uint8Array }>;
  readonly #attempts: StoredRecord<{ readonly failures: number }>;
  readonly #epoch: StoredRecord<{ readonly epoch: Uint8Array }>;
  readonly #name: StoredRecord<{ readonly name?: string | undefined }>;
  readonly #slots: readonly SlotRecord[];

  /** Finishes a factory reset or a replacement that a power cut interrupted before anything is read. */
  constructor(store: KeyValue, suite: Suite, log: Log = silentLog) {
    const record = <T>(name: string, schema: Schema<T>): StoredRecord<T> =>
      new StoredRecord(new SlotRecord(store, suite, name, log), schema);
    const localKeys = record("leu", localKeysRecord);
    this.#store = store;
    this.#log = log;
    this.#keys = record("euk", keysRecord);
    this.#localKeys = new LocalKeyTable(localKeys);
    this.#identity = record("id", identityRecord);
    this.#attempts = record("try", attemptsRecord);
    this.#epoch = record("epo", epochRecord);
    this.#name = record("nam", nameRecord);
    this.#slots = [
      this.#keys.slots,
      localKeys.slots,
      this.#identity.slots,
      this.#attempts.slots,
      this.#epoch.slots,
      this.#name.slots,
    ];
    if (store.read(resetMark) !== undefined) eraseAll(store);
    else this.#mend([this.#keys.slots, localKeys.slots]);
  }

  /** No error here: what cannot be mended now still reads, or says why when it is read, and can be reset. */
  #mend(withSecrets: readonly SlotRecord[]): void {
    try {
      for (const slots of withSecrets) slots.mend();
      this.#localKeys.keepOnly(this.#committed());
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#log.event("store.notMended", { code: error.code });
    }
  }

  /** Which keys there are, without their octets. */
  get state(): KeyState["at"] {
    const { at, ...held } = this.keys;
    for (const one of Object.values(held) as EUKeyData[]) wipe(one.key);
    return at;
  }

  /** The committed EUKey, the caller's copy, to be wiped. */
  get committed(): EUKeyData | undefined {
    const keys = this.keys;
    if (keys.at === "replacing" || keys.at === "staged") wipe(keys.staged.key);
    return keys.at === "enrolled" || keys.at === "replacing" ? keys.committed : undefined;
  }

  /** The keys as they stand; the octets are the caller's copies, to be wiped. */
  get keys(): KeyState {
    const { committed, staged } = this.#keys.read() ?? {};
    if (committed !== undefined) {
      return staged === undefined ? { at: "enrolled", committed } : { at: "replacing", committed, staged };
    }
    return staged === undefined ? { at: "empty" } : { at: "staged", staged };
  }

  /** Keeps a delivered key beside the committed one (EUK-UI-09, EUK-UI-21, EUK-GW-13); an older staged one goes. */
  stage(staged: EUKeyData): void {
    this.#change(({ committed }) => (committed === undefined ? { staged } : { committed, staged }));
  }

  /** Makes the staged key with this id the only one. Throws StoreError("store.notStaged"). */
  commit(keyID: Uint8Array): void {
    this.#change(({ staged }) => {
      if (staged === undefined || !equalBytes(staged.id, keyID)) throw new StoreError("store.notStaged");
      return { committed: staged };
    });
    this.#localKeys.keepOnly(this.#committed());
  }

  #change(change: (keys: KeysData) => KeysData): void {
    const before = this.#keys.read() ?? {};
    try {
      this.#keys.replace(change(before));
    } finally {
      wipe(before.committed?.key, before.staged?.key);
    }
  }

  /** Whose the device is; the key in it is wiped. */
  #committed(): EUKeyData | undefined {
    const { committed, staged } = this.#keys.read() ?? {};
    wipe(committed?.key, staged?.key);
    return committed;
  }

  /** The Entity ID that a PN GW assigned (PNR-06, C-12); factory IDs live in the factory namespace. */
  get entityID(): Uint8Array | undefined {
    return this.#identity.read()?.entityID;
  }

  set entityID(entityID: Uint8Array) {
    this.#identity.write({ entityID });
  }

  /** 16 octets that name the time since the last factory reset; `fresh` are taken when there are none yet. */
  epoch(fresh: Uint8Array): Uint8Array {
    const stored = this.#epoch.read()?.epoch;
    if (stored === undefined) this.#epoch.write({ epoch: fresh });
    return stored ?? fresh;
  }

  /** The label for people that somebody gave the device. */
  get name(): string | undefined {
    return this.#name.read()?.name;
  }

  set name(name: string | undefined) {
    if (name !== this.name) this.#name.write(name === undefined ? {} : { name });
  }

  /** Failed enrolments in a row, so that a restart gives no free tries. */
  get failures(): number {
    return this.#attempts.read()?.failures ?? 0;
  }

  set failures(failures: number) {
    const bounded = Math.min(failures, 0xffff);
    if (bounded !== this.failures) this.#attempts.write({ failures: bounded });
  }

  /** The LocalEUKey of a PN, a copy to be wiped by the caller. */
  localKey(pnID: Uint8Array): LocalKeyData | undefined {
    const owner = this.#committed();
    return owner && this.#localKeys.get(owner, pnID);
  }

  /**
   * Stores a LocalEUKey (PNI-06a, PNI-06c), the oldest giving way when there are too many. Throws
   * StoreError("store.keyNotNewer") unless its id is greater than every id seen before (C-25), "store.notEnrolled".
   */
  putLocalKey(key: LocalKeyData): void {
    const owner = this.#committed();
    if (owner === undefined) throw new StoreError("store.notEnrolled");
    this.#localKeys.put(owner, key);
  }

  /**
   * Forgets everything: a durable mark first, so that a power cut at any later moment only means that the next start
   * goes on; then every value is overwritten and deleted, the mark last.
   */
  factoryReset(): void {
    this.#mark();
    eraseAll(this.#store);
  }

  /** A full flash must not keep its owner from a reset: second copies make room, else it goes on unmarked. */
  #mark(): void {
    if (markReset(this.#store)) return;
    for (const slots of this.#slots) thinIfReadable(slots);
    if (!markReset(this.#store)) this.#log.event("store.resetUnmarked");
  }
}

function thinIfReadable(slots: SlotRecord): void {
  try {
    slots.thin();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}
