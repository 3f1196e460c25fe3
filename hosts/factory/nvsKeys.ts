import { createCipheriv, createHmac } from "node:crypto";
import { concat, fromHex, wipe } from "../../src/base/octets.js";
import type { Random } from "../../src/base/ports.js";
import { randomOctets } from "../../src/base/ports.js";
import { taken } from "../node/taken.js";
import { checksum, pageLength } from "./nvsFormat.js";

/**
 * Keys of an encrypted NVS partition (ESP-IDF, "NVS Encryption"): AES-256 in XTS mode, an entry a block, its place in
 * the partition the tweak. 64 octets: encryption key, tweak key.
 */
export type NvsKeys = Uint8Array;

/** Where a device has its NVS keys: in a partition that flash encryption guards, or made of an HMAC key in eFuse. */
export const keySchemes = Object.freeze(["flash", "hmac"] as const);
export type KeyScheme = (typeof keySchemes)[number];

export const hmacKeyLength = 32;
const keysLength = 64;

/** What stands in a device for its keys, and the keys; both to be wiped. */
export interface DeviceKeys {
  /** For `flash` the image of the partition nvs_keys; for `hmac` what is burned into eFuse. */
  readonly file: Uint8Array;
  readonly keys: NvsKeys;
}

/** Fresh keys for one device. */
export function makeKeys(random: Random, scheme: KeyScheme): DeviceKeys {
  if (scheme === "hmac") {
    const file = randomOctets(random, hmacKeyLength);
    return { file, keys: keysOfHmacKey(file) };
  }
  const keys = randomOctets(random, keysLength);
  return { file: keysPartition(keys), keys };
}

/** The keys that a device with this HMAC key (32 octets) in eFuse makes. */
export function keysOfHmacKey(key: Uint8Array): NvsKeys {
  const half = (seed: string): Uint8Array =>
    taken(
      createHmac("sha256", key)
        .update(fromHex(seed.repeat(8)))
        .digest(),
    );
  const [encryption, tweak] = [half("5a5abeae"), half("a5a5dece")];
  const keys = concat(encryption, tweak);
  wipe(encryption, tweak);
  return keys;
}

/** Image of the partition nvs_keys: the keys, their check value, and flash that stays erased. */
export function keysPartition(keys: NvsKeys): Uint8Array {
  const image = new Uint8Array(pageLength).fill(0xff);
  image.set(keys);
  new DataView(image.buffer).setUint32(keysLength, checksum(keys), true);
  return image;
}

/** An entry (32 octets) as it stands at `offset` of an encrypted partition. */
export function encryptEntry(keys: NvsKeys, offset: number, entry: Uint8Array): Uint8Array {
  const tweak = new Uint8Array(16);
  new DataView(tweak.buffer).setUint32(0, offset, true);
  return createCipheriv("aes-256-xts", keys, tweak).update(entry);
}
