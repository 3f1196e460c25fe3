import { equalBytes, wipe } from "../base/octets.js";
import { type KeyValue, type Log, silentLog } from "../base/ports.js";
import type { Schema } from "../codec/schema.js";
import type { Suite } from "../crypto/suite.js";
import { StoreError } from "./errors.js";
import { LocalKeyTable } from "./localKeys.js";
import { KeptRecord, StoredRecord } from "./record.js";
import { eraseAll, markReset, resetMark } from "./reset.js";
import {
  attemptsRecord,
  type Choices,
  choicesRecord,
  type EUKeyData,
  epochRecord,
  identityRecord,
  type KeysData,
  keysRecord,
  type LocalKeyData,
  localKeysRecord,
  nameRecord,
  type PNPlace,
  placeRecord,
} from "./schemas.js";
import { SlotRecord } from "./slots.js";

/** Which keys the device holds; a staged key never replaces the committed one before it is proven. */
export type KeyState =
  | { readonly at: "empty" }
  | { readonly at: "staged"; readonly staged: EUKeyData }
  | { readonly at: "enrolled"; readonly committed: EUKeyData }
  | { readonly at: "replacing"; readonly committed: EUKeyData; readonly staged: EUKeyData };

/** An EUKey's record without its key. */
export type EUKeyFacts = Omit<EUKeyData, "key">;

/** What is known of the keys without reading flash. */
export interface KeyFacts {
  readonly at: KeyState["at"];
  readonly committed: EUKeyFacts | undefined;
  readonly staged: EUKeyFacts | undefined;
}

/**
 * The device's keys in flash, over a KeyValue port: two slots a record, durable at the return of each call. Every
 * call may throw StoreError("store.full" | "store.broken"), which leaves the old state, and "store.version".
 * What is no secret is kept between writes; a key is read when it is needed.
 */
export class KeyStore {
  readonly #store: KeyValue;
  readonly #log: Log;
  readonly #keys: StoredRecord<KeysData>;
  readonly #localKeys: LocalKeyTable;
  #facts: KeyFacts | undefined;
  readonly #identity: KeptRecord<{ readonly entityID: Uint8Array }>;
  readonly #attempts: KeptRecord<{ readonly failures: number }>;
  readonly #epoch: KeptRecord<{ readonly epoch: Uint8Array }>;
  readonly #name: KeptRecord<{ readonly name?: string | undefined }>;
  readonly #choices: KeptRecord<Choices>;
  readonly #place: KeptRecord<{ readonly place?: PNPlace | undefined }>;
  readonly #slots: readonly SlotRecord[];

  /** Finishes a factory reset or a replacement that a power cut interrupted before anything is read. */
  constructor(store: KeyValue, suite: Suite, log: Log = silentLog) {
    const slots = (name: string): SlotRecord => new SlotRecord(store, suite, name, log);
    const kept = <T>(name: string, schema: Schema<T>): KeptRecord<T> => new KeptRecord(slots(name), schema);
    const localKeys = new StoredRecord(slots("leu"), localKeysRecord);
    this.#store = store;
    this.#log = log;
    this.#keys = new StoredRecord(slots("euk"), keysRecord);
    this.#localKeys = new LocalKeyTable(localKeys);
    this.#identity = kept("id", identityRecord);
    this.#attempts = kept("try", attemptsRecord);
    this.#epoch = kept("epo", epochRecord);
    this.#name = kept("nam", nameRecord);
    this.#choices = kept("lng", choicesRecord);
    this.#place = kept("pn", placeRecord);
    this.#slots = [
      this.#keys.slots,
      localKeys.slots,
      this.#identity.slots,
      this.#attempts.slots,
      this.#epoch.slots,
      this.#name.slots,
      this.#choices.slots,
      this.#place.slots,
    ];
    if (store.read(resetMark) !== undefined) eraseAll(store);
    else this.#mend([this.#keys.slots, localKeys.slots]);
  }

  /** No error here: what cannot be mended now still reads, or says why when it is read, and can be reset. */
  #mend(withSecrets: readonly SlotRecord[]): void {
    try {
      withSecrets.forEach((slots) => {
        slots.mend();
      });
      this.#localKeys.keepOnly(this.facts.committed);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#log.event("store.notMended", { code: error.code });
    }
  }

  /** Which keys there are, without their octets. */
  get state(): KeyState["at"] {
    return this.facts.at;
  }

  /** Which keys there are, and whose they are. */
  get facts(): KeyFacts {
    if (this.#facts === undefined) {
      const keys = this.#keys.read() ?? {};
      this.#facts = factsOf(keys);
      wipe(keys.committed?.key, keys.staged?.key);
    }
    return this.#facts;
  }

  /** The committed EUKey, the caller's copy, to be wiped. */
  get committed(): EUKeyData | undefined {
    if (this.facts.committed === undefined) return undefined;
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
    this.#localKeys.keepOnly(this.facts.committed);
  }

  #change(change: (keys: KeysData) => KeysData): void {
    const before = this.#keys.read() ?? {};
    try {
      const after = change(before);
      this.#facts = undefined;
      this.#keys.replace(after);
      this.#facts = factsOf(after);
    } finally {
      wipe(before.committed?.key, before.staged?.key);
    }
  }

  /** The Entity ID that a PN GW assigned, or that somebody took for himself (PNR-06, C-12); factory IDs live in the factory namespace. */
  get entityID(): Uint8Array | undefined {
    return this.#identity.value?.entityID.slice();
  }

  set entityID(entityID: Uint8Array) {
    this.#identity.write({ entityID: entityID.slice() });
  }

  /** 16 octets that name the time since the last factory reset; `fresh` are taken when there are none yet. */
  epoch(fresh: Uint8Array): Uint8Array {
    const stored = this.#epoch.value?.epoch;
    if (stored === undefined) this.#epoch.write({ epoch: fresh.slice() });
    return stored?.slice() ?? fresh;
  }

  /** The label for people that somebody gave the device. */
  get name(): string | undefined {
    return this.#name.value?.name;
  }

  set name(name: string | undefined) {
    if (name !== this.name) this.#name.write(name === undefined ? {} : { name });
  }

  /** Code of the language that somebody has chosen, ISO 639-1. */
  get language(): string | undefined {
    return this.#choices.value?.language;
  }

  set language(language: string) {
    if (language !== this.language) this.#choices.write({ ...this.#choices.value, language });
  }

  /** Somebody wants it to make no sounds. */
  get quiet(): boolean {
    return this.#choices.value?.quiet === true;
  }

  set quiet(quiet: boolean) {
    if (quiet !== this.quiet) this.#choices.write({ ...this.#choices.value, quiet });
  }

  /** The PN that the device is in, so that it finds back into it after a loss of power. */
  get place(): PNPlace | undefined {
    return this.#place.value?.place;
  }

  set place(place: PNPlace | undefined) {
    if (place !== undefined || this.place !== undefined)
      this.#place.write(place === undefined ? {} : { place });
  }

  /** Failed enrolments in a row, so that a restart gives no free tries. */
  get failures(): number {
    return this.#attempts.value?.failures ?? 0;
  }

  set failures(failures: number) {
    const bounded = Math.min(failures, 0xffff);
    if (bounded !== this.failures) this.#attempts.write({ failures: bounded });
  }

  /** The LocalEUKey of a PN, a copy to be wiped by the caller. */
  localKey(pnID: Uint8Array): LocalKeyData | undefined {
    const owner = this.facts.committed;
    return owner && this.#localKeys.get(owner, pnID);
  }

  /**
   * Stores a LocalEUKey (PNI-06a, PNI-06c), the oldest giving way when there are too many. Throws
   * StoreError("store.keyNotNewer") unless its id is greater than every id seen before (C-25), "store.notEnrolled".
   */
  putLocalKey(key: LocalKeyData): void {
    const owner = this.facts.committed;
    if (owner === undefined) throw new StoreError("store.notEnrolled");
    this.#localKeys.put(owner, key);
  }

  /**
   * Forgets everything: a durable mark first, so that a power cut at any later moment only means that the next start
   * goes on; then every value is overwritten and deleted, the mark last.
   */
  factoryReset(): void {
    this.#mark();
    try {
      eraseAll(this.#store);
    } finally {
      this.#forget();
    }
  }

  #forget(): void {
    this.#facts = undefined;
    this.#localKeys.forget();
    [this.#identity, this.#attempts, this.#epoch, this.#name, this.#choices, this.#place].forEach((one) => {
      one.forget();
    });
    this.#slots.forEach((slots) => {
      slots.forget();
    });
  }

  /** A full flash must not keep its owner from a reset: second copies make room, else it goes on unmarked. */
  #mark(): void {
    if (markReset(this.#store)) return;
    this.#slots.forEach(thinIfReadable);
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

const withoutKey = ({ key: _, ...facts }: EUKeyData): EUKeyFacts => facts;

function factsOf({ committed, staged }: KeysData): KeyFacts {
  const none = staged === undefined ? "empty" : "staged";
  const some = staged === undefined ? "enrolled" : "replacing";
  return {
    at: committed === undefined ? none : some,
    committed: committed && withoutKey(committed),
    staged: staged && withoutKey(staged),
  };
}
