import { createHash, randomBytes } from "node:crypto";
import { hex } from "../../../src/base/octets.js";
import type { KeyValue } from "../../../src/base/ports.js";

/** The oldest gives way. */
const maximumBrowsers = 16;
const nameLength = 32;
const recordName = "page-browsers";

/**
 * Browsers that have been signed in, by a second cookie that lasts: such a one has guesses of its own, so that nobody on
 * the network uses up those of who has been here before. Kept is the SHA-256 of its value; it signs nobody in.
 */
export class FamiliarBrowsers {
  readonly #store: KeyValue;
  /** In hexadecimal, the oldest first. */
  #names: readonly string[];

  constructor(store: KeyValue) {
    this.#store = store;
    const kept = store.read(recordName) ?? new Uint8Array(0);
    const count = Math.min(maximumBrowsers, Math.floor(kept.length / nameLength));
    this.#names = Array.from({ length: count }, (_, i) =>
      hex(kept.subarray(i * nameLength, (i + 1) * nameLength)),
    );
  }

  /** What stands for the browser of this cookie's value, if it is one of them. */
  find(cookie: string | undefined): string | undefined {
    if (cookie === undefined || !/^[0-9a-f]{64}$/.test(cookie)) return undefined;
    const name = nameOf(cookie);
    return this.#names.includes(name) ? name : undefined;
  }

  /** One more; returns the value of its cookie, 64 hexadecimal digits. Throws StoreError. */
  add(): string {
    const cookie = randomBytes(nameLength).toString("hex");
    const names = [...this.#names, nameOf(cookie)].slice(-maximumBrowsers);
    this.#store.write(recordName, Uint8Array.from(Buffer.from(names.join(""), "hex")));
    this.#names = names;
    return cookie;
  }

  /** None is any more. Throws StoreError. */
  forget(): void {
    this.#store.delete(recordName);
    this.#names = [];
  }
}

const nameOf = (cookie: string): string => createHash("sha256").update(cookie).digest("hex");
