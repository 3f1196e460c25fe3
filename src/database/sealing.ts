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
    const { aead, random, keys } = this.#options;
    const [current] = keys;
    const nonce = randomOctets(random, nonceLength);
    const rowKey = this.#rowKey(current, table, key);
    const sealed = aead.seal(rowKey, nonce, secret, aad(table, key, open));
    wipe(rowKey);
    return concat(Uint8Array.of(current.id), nonce, sealed);
  }

  /** Throws DatabaseError("database.sealed"). */
  open(table: string, key: string, open: Uint8Array, sealed: Uint8Array): Uint8Array {
    const master = this.#options.keys.find(({ id }) => id === sealed[0]);
    if (master === undefined) throw new DatabaseError("database.sealed", `${table}: key ${sealed[0]}`);
    const rowKey = this.#rowKey(master, table, key);
    const nonce = sealed.subarray(1, 1 + nonceLength);
    const body = sealed.subarray(1 + nonceLength);
    const secret = this.#options.aead.open(rowKey, nonce, body, aad(table, key, open));
    wipe(rowKey);
    if (secret === undefined) throw new DatabaseError("database.sealed", table);
    return secret;
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

  #rowKey(master: MasterKey, table: string, key: string): Uint8Array {
    return this.#options.suite.hmac(master.key.octets, ascii("CPNS row"), name(table), name(key));
  }
}

const name = (text: string): Uint8Array => lengthPrefixed(ascii(text));
const aad = (table: string, key: string, open: Uint8Array): Uint8Array =>
  concat(name(table), name(key), open);
