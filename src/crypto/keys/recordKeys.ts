import { ascii, wipe } from "../../base/octets.js";
import { Secret } from "../secret.js";
import type { Suite } from "../suite.js";

/** What protects the records of a session. */

export interface DirectionKey {
  readonly key: Secret;
  readonly iv: Uint8Array;
}

export interface RecordKeys {
  readonly initiatorToResponder: DirectionKey;
  readonly responderToInitiator: DirectionKey;
}

/** Key (32) and IV (12) of each direction, HKDF(no salt, SK, "CPNS record i2r" | "CPNS record r2i", 44). */
export function recordKeys(suite: Suite, sk: Secret): RecordKeys {
  const derive = (label: string): DirectionKey => {
    const { key, nonce } = suite.lengths;
    const octets = suite.hkdf(new Uint8Array(0), sk.octets, ascii(label), key + nonce);
    const made = { key: new Secret(octets.slice(0, key)), iv: octets.slice(key) };
    wipe(octets);
    return made;
  };
  return {
    initiatorToResponder: derive("CPNS record i2r"),
    responderToInitiator: derive("CPNS record r2i"),
  };
}

/** Does the work and wipes the keys, whatever comes of it. */
export function withWipedKeys<T>(keys: RecordKeys, work: () => T): T {
  try {
    return work();
  } finally {
    keys.initiatorToResponder.key.wipe();
    keys.responderToInitiator.key.wipe();
  }
}
