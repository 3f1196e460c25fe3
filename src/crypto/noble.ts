import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { type _HMAC, hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { wipe } from "../base/octets.js";
import { CryptoError, expectHkdf, expectIterations, expectLength, expectSlice } from "./errors.js";
import { type Derivation, type Suite, suite1 } from "./suite.js";

/** The reference back end: @noble/hashes and @noble/ciphers, audited and without dependencies. */
export const nobleSuite: Suite = Object.freeze({
  ...suite1,
  name: "noble",

  sha256(...parts: readonly Uint8Array[]): Uint8Array {
    const hash = sha256.create();
    for (const part of parts) hash.update(part);
    return hash.digest();
  },

  hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
    const mac = hmac.create(sha256, key);
    for (const part of parts) mac.update(part);
    return mac.digest();
  },

  hkdf(salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array {
    expectHkdf(info, length);
    return hkdf(sha256, ikm, salt, info, length);
  },

  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
    expectLength(key, suite1.lengths.key, "key");
    expectLength(nonce, suite1.lengths.nonce, "nonce");
    return chacha20poly1305(key, nonce, aad).encrypt(plaintext);
  },

  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array | undefined {
    expectLength(key, suite1.lengths.key, "key");
    expectLength(nonce, suite1.lengths.nonce, "nonce");
    try {
      return chacha20poly1305(key, nonce, aad).decrypt(sealed);
    } catch {
      // noble reports a wrong tag, or no room for one, by throwing; key and nonce were checked above.
      return undefined;
    }
  },

  pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number): Derivation {
    return new NobleDerivation(password, salt, iterations);
  },
});

type Hash = ReturnType<typeof sha256.create>;

/** Block 1, the only one that 32 octets of output need (RFC 8018 §5.2 step 3). */
const blockIndex = (): Uint8Array => Uint8Array.of(0, 0, 0, 1);

/**
 * PBKDF2 of one block (RFC 8018 §5.2), in slices, which noble's own does not offer. As there, the two padded key
 * blocks are hashed once and each iteration starts from copies of these states.
 */
class NobleDerivation implements Derivation {
  readonly iterations: number;
  #done = 0;
  #keyed: _HMAC<Hash> | undefined;
  readonly #work: Hash = sha256.create();
  readonly #salt: Uint8Array;
  readonly #u = new Uint8Array(32);
  readonly #sum = new Uint8Array(32);

  constructor(password: Uint8Array, salt: Uint8Array, iterations: number) {
    expectIterations(iterations);
    this.iterations = iterations;
    this.#keyed = hmac.create(sha256, password);
    this.#salt = salt.slice();
  }

  get done(): number {
    return this.#done;
  }

  step(iterations: number): Uint8Array | undefined {
    expectSlice(iterations);
    if (this.#keyed === undefined) throw new CryptoError("crypto.cancelled");
    this.#rounds(this.#keyed, Math.min(this.iterations, this.#done + Math.floor(iterations)));
    if (this.#done < this.iterations) return undefined;
    const key = this.#sum.slice();
    this.cancel();
    return key;
  }

  #rounds({ iHash, oHash }: _HMAC<Hash>, until: number): void {
    // Locals: a private field costs a look-up at each access, and this loop is the longest of the system.
    const u = this.#u;
    const sum = this.#sum;
    const work = this.#work;
    for (; this.#done < until; this.#done++) {
      iHash._cloneInto(work);
      if (this.#done === 0) work.update(this.#salt).update(blockIndex());
      else work.update(u);
      work.digestInto(u);
      oHash._cloneInto(work).update(u).digestInto(u);
      for (let i = 0; i < 32; i++) (sum[i] as number) ^= u[i] as number;
    }
  }

  cancel(): void {
    this.#keyed?.destroy();
    this.#keyed = undefined;
    this.#work.destroy();
    wipe(this.#u, this.#sum);
  }
}
