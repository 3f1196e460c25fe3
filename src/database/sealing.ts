import { ascii, concat, equalBytes, lengthPrefixed, wipe } from "../base/octets.js";
import { type Random, randomOctets } from "../base/ports.js";
import type { Secret } from "../crypto/secret.js";
import type { Suite } from "../crypto/suite.js";
import { DatabaseError } from "./errors.js";

/** An AEAD with keys of 32, nonces of 12 and tags of 16 octets: AES-256-GCM on Node; every Suite is one, too. */
export type Aead = Pick<Suite, "seal" | "open">;

/** The operator's key, 32 octets, under which secrets lie in the database. */
export interface MasterKey {
  /** 0 … 255, stored beside what it sealed. */
  readonly id: number;
  readonly key: Secret;
}

export interface SealerOptions {
  readonly suite: Pick<Suite, "hmac">;
  readonly aead: Aead;
  readonly random: Random;
  /** The first seals; the others only open what they sealed before the key was changed. */
  readonly keys: readonly [MasterKey, ...MasterKey[]];
}

const nonceLength = 12;
const nameLength = 8;

/** In the table of settings: the name of the master key that seals now, whoever serves this database. */
export const masterKeyMark = "masterKey";

/**
 * Seals the secrets of a row: id of the master key (1) ‖ nonce (12) ‖ ciphertext ‖ tag (16). The key is
 * HMAC(master key, "CPNS row" ‖ lp(table) ‖ lp(key)), so that random nonces are few under each; the AAD is
 * lp(table) ‖ lp(key) ‖ what of the row lies open. A stolen database opens nowhere, a row opens in its own place only.
 */
export class Sealer {
  readonly #options: SealerOptions;
  #keyName: Uint8Array | undefined;

  constructor(options: SealerOptions) {
    this.#options = options;
  }

  seal(table: string, key: string, open: Uint8Array, secret: Uint8Array): Uint8Array {
    return this.once(table, key, (row) => row.seal(open, secret));
  }

  /** Throws DatabaseError("database.sealed"). */
  open(table: string, key: string, open: Uint8Array, sealed: Uint8Array): Uint8Array {
    return this.once(table, key, (row) => row.open(open, sealed));
  }

  /** For one row, which is read and written several times: the caller wipes it. */
  row(table: string, key: string): RowSealer {
    return new RowSealer(this.#options, table, key);
  }

  /** For one row and one piece of work, after which nothing of it is left. */
  once<T>(table: string, key: string, work: (row: RowSealer) => T): T {
    const row = this.row(table, key);
    try {
      return work(row);
    } finally {
      row.wipe();
    }
  }

  /** False for what an older master key has sealed. */
  isCurrent(sealed: Uint8Array): boolean {
    return sealed[0] === this.#options.keys[0].id;
  }

  /** What the master key that seals is known by, 8 octets: HMAC(master key, "CPNS master key"). */
  get keyName(): Uint8Array {
    this.#keyName ??= this.#nameOf(this.#options.keys[0]);
    return this.#keyName;
  }

  /** Whether one of the keys here has this name. */
  knows(keyName: Uint8Array): boolean {
    return this.#options.keys.some((master) => equalBytes(this.#nameOf(master), keyName));
  }

  #nameOf({ key }: MasterKey): Uint8Array {
    return this.#options.suite.hmac(key.octets, ascii("CPNS master key")).slice(0, nameLength);
  }
}

/** What was sealed last, or opened: the same octets open to the same. */
interface Opened {
  readonly open: Uint8Array;
  readonly sealed: Uint8Array;
  readonly secret: Uint8Array;
}

/** Seals and opens the secrets of one row. Its keys are made once, and what it has opened it does not open again. */
export class RowSealer {
  readonly #options: SealerOptions;
  readonly #table: string;
  readonly #name: string;
  #made: Uint8Array | undefined;
  readonly #keys = new Map<MasterKey, Uint8Array>();
  #opened: Opened | undefined;

  constructor(options: SealerOptions, table: string, key: string) {
    this.#options = options;
    this.#table = table;
    this.#name = key;
  }

  /** lp(table) ‖ lp(key). */
  get #place(): Uint8Array {
    this.#made ??= concat(name(this.#table), name(this.#name));
    return this.#made;
  }

  seal(open: Uint8Array, secret: Uint8Array): Uint8Array {
    const { aead, random, keys } = this.#options;
    const [current] = keys;
    const nonce = randomOctets(random, nonceLength);
    const body = aead.seal(this.#key(current), nonce, secret, concat(this.#place, open));
    const sealed = concat(Uint8Array.of(current.id), nonce, body);
    this.#keep({ open, sealed, secret });
    return sealed;
  }

  /** Fresh octets. Throws DatabaseError("database.sealed"). */
  open(open: Uint8Array, sealed: Uint8Array): Uint8Array {
    const known = this.#opened;
    if (known !== undefined && equalBytes(known.sealed, sealed) && equalBytes(known.open, open)) {
      return known.secret.slice();
    }
    const master = this.#options.keys.find(({ id }) => id === sealed[0]);
    if (master === undefined) throw new DatabaseError("database.sealed", `${this.#table}: key ${sealed[0]}`);
    const nonce = sealed.subarray(1, 1 + nonceLength);
    const body = sealed.subarray(1 + nonceLength);
    const secret = this.#options.aead.open(this.#key(master), nonce, body, concat(this.#place, open));
    if (secret === undefined) throw new DatabaseError("database.sealed", this.#table);
    this.#keep({ open, sealed, secret });
    return secret;
  }

  /** Copies: the caller wipes what he was given, and may write over the rest. */
  #keep({ open, sealed, secret }: Opened): void {
    wipe(this.#opened?.secret);
    this.#opened = { open: open.slice(), sealed: sealed.slice(), secret: secret.slice() };
  }

  #key(master: MasterKey): Uint8Array {
    const made = this.#keys.get(master);
    if (made !== undefined) return made;
    const { suite } = this.#options;
    const key = suite.hmac(master.key.octets, ascii("CPNS row"), this.#place);
    this.#keys.set(master, key);
    return key;
  }

  wipe(): void {
    wipe(this.#opened?.secret, ...this.#keys.values());
    this.#opened = undefined;
    this.#keys.clear();
  }
}

const name = (text: string): Uint8Array => lengthPrefixed(ascii(text));
