import { createHash, randomBytes, randomInt, scrypt, timingSafeEqual } from "node:crypto";
import { wipe } from "../../../src/base/octets.js";
import type { KeyValue } from "../../../src/base/ports.js";
import { checkNewPassword } from "../../../src/crypto/newPassword.js";

/** scrypt (RFC 7914): 32 MiB and a tenth of a second or so for each guess, ours and a thief's. */
const cost = Object.freeze({ logN: 15, r: 8, p: 1 });
const saltLength = 16;
const hashLength = 32;
const memory = 64 * 1024 * 1024;
/** version ‖ log2 N ‖ r ‖ p ‖ salt ‖ hash: 52 octets. */
const recordVersion = 1;
const headLength = 4;
const recordName = "page";
/** No letter or digit that is taken for another one. */
const codeLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const codeLength = 8;

/**
 * The page's own password. The first one is chosen by who has the set-up code, which the terminal shows and which is
 * good until then; kept is its scrypt hash.
 */
export class PagePassword {
  readonly #store: KeyValue;
  #record: Uint8Array | undefined;
  #code: string | undefined;
  /** Counts passwords and resets: what was begun before one of them is not kept after it. */
  #generation = 0;
  /** One derivation at a time: many at once would take the memory of all. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: KeyValue) {
    this.#store = store;
    this.#record = store.read(recordName);
    if (this.#record === undefined) this.#code = newCode();
  }

  /** Until the first password is chosen: eight letters and digits with a dash between. */
  get code(): string | undefined {
    return this.#code;
  }

  /** There is one. */
  get chosen(): boolean {
    return this.#record !== undefined;
  }

  /** Whether this is the code; small letters and other dashes are as good. */
  isCode(text: string): boolean {
    const code = this.#code;
    return code !== undefined && timingSafeEqual(digest(plain(text)), digest(plain(code)));
  }

  /**
   * The first password, for who has shown the code; false when somebody else was faster, or it was reset meanwhile. Wipes
   * the password. Throws CredentialError, StoreError; the code is still good then.
   */
  async choose(password: Uint8Array): Promise<boolean> {
    if (!this.chosen) return this.replace(password);
    wipe(password);
    return false;
  }

  /** Wipes the password. */
  async is(password: Uint8Array): Promise<boolean> {
    try {
      const record = this.#record;
      // A record that this release cannot read fits no password: cpns gateway page --reset makes way.
      if (record === undefined || !readable(record)) return false;
      const salt = record.subarray(headLength, headLength + saltLength);
      const hash = await this.#derive(password, salt);
      const same = timingSafeEqual(hash, record.subarray(headLength + saltLength));
      wipe(hash);
      // It was replaced meanwhile.
      return same && this.#record === record;
    } finally {
      wipe(password);
    }
  }

  /**
   * Another one in its place; false when it was reset or replaced meanwhile: that stands. Wipes it. Throws
   * CredentialError, StoreError; the old one stands then.
   */
  async replace(password: Uint8Array): Promise<boolean> {
    const generation = this.#generation;
    const record = await this.#made(password);
    if (this.#generation !== generation) return false;
    this.#keep(record);
    return true;
  }

  /** Forgets it: whoever has the new code chooses anew. */
  reset(): void {
    this.#store.delete(recordName);
    this.#generation++;
    this.#record = undefined;
    this.#code = newCode();
  }

  #keep(record: Uint8Array): void {
    this.#store.write(recordName, record);
    this.#generation++;
    this.#record = record;
    this.#code = undefined;
  }

  async #made(password: Uint8Array): Promise<Uint8Array> {
    try {
      checkNewPassword(password, new Uint8Array(0));
      const salt = randomBytes(saltLength);
      const hash = await this.#derive(password, salt);
      return Uint8Array.of(recordVersion, cost.logN, cost.r, cost.p, ...salt, ...hash);
    } finally {
      wipe(password);
    }
  }

  #derive(password: Uint8Array, salt: Uint8Array): Promise<Uint8Array> {
    const { logN, r, p } = cost;
    const next = this.#last.then(
      () =>
        new Promise<Uint8Array>((resolve, reject) => {
          scrypt(password, salt, hashLength, { N: 2 ** logN, r, p, maxmem: memory }, (error, hash) => {
            if (error === null) resolve(hash);
            else reject(error);
          });
        }),
    );
    this.#last = next.catch(() => {});
    return next;
  }
}

const readable = (record: Uint8Array): boolean =>
  record.length === headLength + saltLength + hashLength &&
  record[0] === recordVersion &&
  record[1] === cost.logN &&
  record[2] === cost.r &&
  record[3] === cost.p;

const plain = (code: string): string => code.toUpperCase().replace(/[^A-Z0-9]/g, "");
const digest = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();

function newCode(): string {
  const letters = Array.from({ length: codeLength }, () => codeLetters[randomInt(codeLetters.length)]);
  return `${letters.slice(0, codeLength / 2).join("")}-${letters.slice(codeLength / 2).join("")}`;
}
