import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { type _HMAC, hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { wipe } from "./bytes.js";
import { CryptoError, expectIterations, expectLength } from "./errors.js";
import type { Derivation, Suite } from "./suite.js";

/** The reference back end: @noble/hashes and @noble/ciphers, audited and without dependencies. */
export const nobleSuite: Suite = Object.freeze({
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
    return hkdf(sha256, ikm, salt, info, length);
  },

  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
    expectLength(key, 32, "key");
    expectLength(nonce, 12, "nonce");
    return chacha20poly1305(key, nonce, aad).encrypt(plaintext);
  },

  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array | undefined {
    expectLength(key, 32, "key");
    expectLength(nonce, 12, "nonce");
    if (sealed.length < 16) return undefined;
    try {
      return chacha20poly1305(key, nonce, aad).decrypt(sealed);
    } catch {
      // noble reports a wrong tag by throwing; lengths were checked above, so nothing else is left.
      return undefined;
    }
  },

  pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number): Derivation {
    return new NobleDerivation(password, salt, iterations);
  },
});

type Mac = _HMAC<ReturnType<typeof sha256.create>>;

/**
 * PBKDF2 of one block (RFC 8018 §5.2), in slices, which noble's own does not offer. The keyed HMAC state is made
 * once and cloned for each iteration, so that the pads are hashed once.
 */
class NobleDerivation implements Derivation {
  readonly iterations: number;
  #done = 0;
  #keyed: Mac | undefined;
  #scratch: Mac | undefined;
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
    const keyed = this.#keyed;
    if (keyed === undefined) throw new CryptoError("crypto.cancelled");
    const until = Math.min(this.iterations, this.#done + Math.max(1, Math.floor(iterations)));
    for (; this.#done < until; this.#done++) {
      const mac = keyed._cloneInto(this.#scratch);
      this.#scratch = mac;
      if (this.#done === 0) mac.update(this.#salt).update(Uint8Array.of(0, 0, 0, 1));
      else mac.update(this.#u);
      mac.digestInto(this.#u);
      for (let i = 0; i < 32; i++) (this.#sum[i] as number) ^= this.#u[i] as number;
    }
    if (this.#done < this.iterations) return undefined;
    const key = this.#sum.slice();
    this.cancel();
    return key;
  }

  cancel(): void {
    this.#keyed?.destroy();
    this.#scratch?.destroy();
    this.#keyed = undefined;
    this.#scratch = undefined;
    wipe(this.#u, this.#sum);
  }
}
