import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  pbkdf2Sync,
  randomFillSync,
} from "node:crypto";
import { wipe } from "../../src/base/octets.js";
import type { Random } from "../../src/base/ports.js";
import {
  CryptoError,
  expectHkdf,
  expectIterations,
  expectLength,
  expectSlice,
} from "../../src/crypto/errors.js";
import { type CurveSuite, type Derivation, suite1 } from "../../src/crypto/suite.js";
import { nodeCurve } from "./nodeCurve.js";
import { taken } from "./taken.js";

const tagLength = 16;
const hashLength = 32;
const algorithm = "chacha20-poly1305";

/** The gateway's and Server's back end: OpenSSL by node:crypto, so that one library's bug does not cancel out. */
export const nodeSuite: CurveSuite = Object.freeze({
  ...suite1,
  name: "node:crypto",
  curve: nodeCurve,

  sha256(...parts: readonly Uint8Array[]): Uint8Array {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(part);
    return taken(hash.digest());
  },

  hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
    const mac = createHmac("sha256", key);
    for (const part of parts) mac.update(part);
    return taken(mac.digest());
  },

  // By HMAC, as RFC 5869 has it: node:crypto's own takes three times as long, and a session needs a dozen.
  hkdf(salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array {
    expectHkdf(info, length);
    const prk = createHmac("sha256", salt).update(ikm).digest();
    const okm = new Uint8Array(length);
    let block = Buffer.alloc(0);
    for (let at = 0, i = 1; at < length; at += hashLength, i++) {
      const next = createHmac("sha256", prk).update(block).update(info).update(Uint8Array.of(i)).digest();
      wipe(block);
      block = next;
      okm.set(block.subarray(0, length - at), at);
    }
    wipe(prk, block);
    return okm;
  },

  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
    expectLength(key, 32, "key");
    expectLength(nonce, 12, "nonce");
    const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength });
    cipher.setAAD(aad, { plaintextLength: plaintext.length });
    const body = cipher.update(plaintext);
    cipher.final();
    const sealed = new Uint8Array(body.length + tagLength);
    sealed.set(body);
    sealed.set(cipher.getAuthTag(), body.length);
    return sealed;
  },

  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array | undefined {
    expectLength(key, 32, "key");
    expectLength(nonce, 12, "nonce");
    const length = sealed.length - tagLength;
    if (length < 0) return undefined;
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagLength });
    decipher.setAAD(aad, { plaintextLength: length });
    decipher.setAuthTag(sealed.subarray(length));
    const plaintext = taken(decipher.update(sealed.subarray(0, length)));
    try {
      decipher.final();
      return plaintext;
    } catch {
      // OpenSSL reports a wrong tag here; what was deciphered under it must not be used.
      wipe(plaintext);
      return undefined;
    }
  },

  pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number): Derivation {
    return new NodeDerivation(password, salt, iterations);
  },
});

/** OpenSSL derives in one go: the first step finishes, whatever its size. */
class NodeDerivation implements Derivation {
  readonly iterations: number;
  #done = 0;
  #password: Uint8Array | undefined;
  readonly #salt: Uint8Array;

  constructor(password: Uint8Array, salt: Uint8Array, iterations: number) {
    expectIterations(iterations);
    this.iterations = iterations;
    this.#password = password.slice();
    this.#salt = salt.slice();
  }

  get done(): number {
    return this.#done;
  }

  step(iterations: number): Uint8Array {
    expectSlice(iterations);
    if (this.#password === undefined) throw new CryptoError("crypto.cancelled");
    const key = taken(pbkdf2Sync(this.#password, this.#salt, this.iterations, 32, "sha256"));
    this.#done = this.iterations;
    this.cancel();
    return key;
  }

  cancel(): void {
    wipe(this.#password);
    this.#password = undefined;
  }
}

/**
 * Octets that were drawn at once for many requests: each is handed out once and wiped here. OpenSSL's generator, whose
 * state lies in memory too, takes longer to ask than the octets take.
 */
const drawn = new Uint8Array(1024);
let left = 0;
const mostOfDrawn = 64;

/** The operating system's generator by OpenSSL. */
export const nodeRandom: Random = Object.freeze({
  fill(into: Uint8Array): void {
    const { length } = into;
    if (length > mostOfDrawn) {
      randomFillSync(into);
      return;
    }
    if (left < length) {
      randomFillSync(drawn);
      left = drawn.length;
    }
    left -= length;
    into.set(drawn.subarray(left, left + length));
    drawn.fill(0, left, left + length);
  },
});
