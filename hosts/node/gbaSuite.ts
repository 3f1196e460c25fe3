import { createCipheriv, createHash } from "node:crypto";
import type { GbaSuite } from "../../src/protocols/gba/ports.js";

/** GBA's primitives by OpenSSL. */
export const nodeGbaSuite: GbaSuite = Object.freeze({
  aes128(key: Uint8Array, block: Uint8Array): Uint8Array {
    const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
    return Uint8Array.from(cipher.update(block));
  },
  sha1: (octets: Uint8Array) => Uint8Array.from(createHash("sha1").update(octets).digest()),
  md5: (octets: Uint8Array) => Uint8Array.from(createHash("md5").update(octets).digest()),
});
