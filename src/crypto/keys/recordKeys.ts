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

export type RecordLabel = "CPNS record i2r" | "CPNS record r2i";

/** Key (32) and IV (12) of one direction, HKDF(no salt, SK, "CPNS record i2r" | "CPNS record r2i", 44). */
export function directionKey(suite: Suite, sk: Secret, label: RecordLabel): DirectionKey {
  const { key, nonce } = suite.lengths;
  const octets = suite.hkdf(new Uint8Array(0), sk.octets, ascii(label), key + nonce);
  const made = { key: new Secret(octets.slice(0, key)), iv: octets.slice(key) };
  wipe(octets);
  return made;
}

/** Of both directions. */
export const recordKeys = (suite: Suite, sk: Secret): RecordKeys => ({
  initiatorToResponder: directionKey(suite, sk, "CPNS record i2r"),
  responderToInitiator: directionKey(suite, sk, "CPNS record r2i"),
});
