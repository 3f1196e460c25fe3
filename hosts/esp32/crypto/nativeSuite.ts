import {
  CryptoError,
  expectHkdf,
  expectIterations,
  expectLength,
  expectSlice,
} from "../../../src/crypto/errors.js";
import { type CurveSuite, type Derivation, suite1 } from "../../../src/crypto/suite.js";
import {
  cancelDerivation,
  endDerivation,
  hkdf,
  hmac,
  iterate,
  type NativeDerivation as Native,
  open,
  seal,
  sha256,
  startDerivation,
} from "./native.js";
import { nativeCurve } from "./nativeCurve.js";

/**
 * The device's back end (docs/adr/0009): SHA-256 and ChaCha20 of the Moddable SDK in C, and in our own C what the SDK
 * has not or does unsafely: HMAC, HKDF, PBKDF2, Poly1305, P-256. Keys leave nothing behind in C.
 */
export const nativeSuite: CurveSuite = Object.freeze({
  ...suite1,
  name: "native",
  curve: nativeCurve,

  sha256(...parts: readonly Uint8Array[]): Uint8Array {
    return new Uint8Array(sha256(...parts));
  },

  hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
    return new Uint8Array(hmac(key, ...parts));
  },

  hkdf(salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array {
    expectHkdf(info, length);
    return new Uint8Array(hkdf(salt, ikm, info, length));
  },

  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
    expectLength(key, 32, "key");
    expectLength(nonce, 12, "nonce");
    return new Uint8Array(seal(key, nonce, plaintext, aad));
  },

  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array | undefined {
    expectLength(key, 32, "key");
    expectLength(nonce, 12, "nonce");
    const plaintext = open(key, nonce, sealed, aad);
    return plaintext === undefined ? undefined : new Uint8Array(plaintext);
  },

  pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number): Derivation {
    return new NativeDerivation(password, salt, iterations);
  },
});

/**
 * Iterations in a step, whatever was asked for, so that display and keypad stay alive: by the instructions of two blocks
 * of SHA-256, some 20 ms on an ESP32 at 240 MHz and 50 ms on the slowest chip of the family.
 */
const longestSlice = 500;

/** PBKDF2 in C memory: password and salt are not needed after the start, and are not kept. */
class NativeDerivation implements Derivation {
  readonly iterations: number;
  #done = 0;
  #native: Native | undefined;

  constructor(password: Uint8Array, salt: Uint8Array, iterations: number) {
    expectIterations(iterations);
    this.iterations = iterations;
    this.#native = startDerivation(password, salt);
  }

  get done(): number {
    return this.#done;
  }

  step(iterations: number): Uint8Array | undefined {
    expectSlice(iterations);
    if (this.#native === undefined) throw new CryptoError("crypto.cancelled");
    const slice = Math.min(Math.floor(iterations), longestSlice);
    const until = Math.min(this.iterations, this.#done + slice);
    // The start has done the first.
    iterate(this.#native, until - Math.max(1, this.#done));
    this.#done = until;
    if (until < this.iterations) return undefined;
    const key = endDerivation(this.#native);
    this.#native = undefined;
    return new Uint8Array(key);
  }

  cancel(): void {
    if (this.#native !== undefined) cancelDerivation(this.#native);
    this.#native = undefined;
  }
}
