import { createCipheriv, createDecipheriv } from "node:crypto";
import { concat, wipe } from "../../../src/base/octets.js";
import type { Aead } from "../../../src/database/sealing.js";
import { taken } from "../taken.js";

const algorithm = "aes-256-gcm";
const tagLength = 16;

/** AES-256-GCM by OpenSSL (NIST SP 800-38D): what secrets lie under in the Server's database. */
export const aes256Gcm: Aead = Object.freeze({
  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
    const cipher = createCipheriv(algorithm, key, nonce).setAAD(aad);
    const body = cipher.update(plaintext);
    cipher.final();
    return concat(body, cipher.getAuthTag());
  },

  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - tagLength;
    if (length < 0) return undefined;
    const decipher = createDecipheriv(algorithm, key, nonce).setAAD(aad);
    decipher.setAuthTag(sealed.subarray(length));
    const plaintext = taken(decipher.update(sealed.subarray(0, length)));
    try {
      decipher.final();
      return plaintext;
    } catch {
      wipe(plaintext);
      return undefined;
    }
  },
});
