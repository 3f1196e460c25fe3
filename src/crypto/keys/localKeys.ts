import { ascii, concat } from "../../base/octets.js";
import { expectLength, expectUint } from "../errors.js";
import { Secret } from "../secret.js";
import type { Suite } from "../suite.js";
import { deriveKeys, type PairKeys, wipeKeys } from "./pairKeys.js";
import { contextOctets, type PairContext } from "./relayedKeys.js";

/** LocalEUKeys of a PN: their wrapped copies (PNI-05a, C-25), and the pre-assigned key (LEU-02). */

/** What a wrapped copy is bound to. */
export interface LocalKeyBinding {
  readonly role: "pne" | "gw";
  readonly context: PairContext;
  readonly keyID: number;
  /** Unix seconds. */
  readonly expiresAt: number;
}

type KeyTerms = Pick<LocalKeyBinding, "keyID" | "expiresAt">;

/** key id (4) ‖ expiry (8). */
function termsOctets({ keyID, expiresAt }: KeyTerms): Uint8Array {
  expectUint(keyID, 0xffffffff, "key id");
  expectUint(expiresAt, Number.MAX_SAFE_INTEGER, "expiry");
  const octets = new Uint8Array(12);
  const view = new DataView(octets.buffer);
  view.setUint32(0, keyID);
  view.setUint32(4, Math.floor(expiresAt / 0x100000000));
  view.setUint32(8, expiresAt % 0x100000000);
  return octets;
}

const localKeyAad = (suite: Suite, binding: LocalKeyBinding): Uint8Array =>
  concat(ascii("LEU"), ascii(binding.role), contextOctets(suite, binding.context), termsOctets(binding));

/** Of a wrapped copy, in octets: nonce (12) ‖ key (32) ‖ tag (16), in suite 1. */
export const wrappedKeyLength = 60;

/** nonce (12) ‖ AEAD under K_wrap; AAD = "LEU" ‖ role ‖ ctx ‖ key id (4) ‖ expiry (8). Throws CryptoError. */
export function wrapLocalKey(
  suite: Suite,
  keys: PairKeys,
  binding: LocalKeyBinding,
  nonce: Uint8Array,
  localKey: Uint8Array,
): Uint8Array {
  expectLength(localKey, suite.lengths.key, "LocalEUKey");
  return concat(nonce, suite.seal(keys.wrap.octets, nonce, localKey, localKeyAad(suite, binding)));
}

/** The LocalEUKey, or undefined when the copy was not made for this very binding. */
export function unwrapLocalKey(
  suite: Suite,
  keys: PairKeys,
  binding: LocalKeyBinding,
  wrapped: Uint8Array,
): Secret | undefined {
  if (wrapped.length !== wrappedKeyLength) return undefined;
  const aad = localKeyAad(suite, binding);
  const { nonce } = suite.lengths;
  const key = suite.open(keys.wrap.octets, wrapped.subarray(0, nonce), wrapped.subarray(nonce), aad);
  return key === undefined ? undefined : new Secret(key);
}

/**
 * The pre-assigned key of a PNE without UI (LEU-02, C-04), in the place of a random LocalEUKey: HKDF(salt = rand_PNE ‖
 * rand_server, K_sess of TK, "CPNS TK link" ‖ ctx ‖ key id (4) ‖ expiry (8), 32). The Temporary Key, 32 octets, stays
 * with PNE and Server; the PN GW gets this, made for this PN and these RANDs only. Throws CryptoError.
 */
export function preAssignedKey(
  suite: Suite,
  temporaryKey: Uint8Array,
  context: PairContext,
  terms: KeyTerms,
): Secret {
  const info = concat(ascii("CPNS TK link"), contextOctets(suite, context), termsOctets(terms));
  const keys = deriveKeys(suite, "TK", temporaryKey, context.pne);
  try {
    const salt = concat(context.randPNE, context.randServer);
    return new Secret(suite.hkdf(salt, keys.sess.octets, info, suite.lengths.key));
  } finally {
    wipeKeys(keys);
  }
}
