import { allZero, ascii, concat, equalBytes, lengthPrefixed, wipe } from "../../base/octets.js";
import { CryptoError, expectLength } from "../errors.js";
import { Secret } from "../secret.js";
import type { Suite } from "../suite.js";
import type { PairKeys } from "./pairKeys.js";

/** PNE and PN GW, who hear each other: the transcript profile (C-05, GWA-08 … GWA-13). */

/** RANDs are 32 octets, never all zero, never the peer's own reflected. Throws CryptoError("crypto.rand"). */
export function checkRands(own: Uint8Array, peer: Uint8Array): void {
  if (own.length !== 32 || peer.length !== 32 || allZero(own) || allZero(peer) || equalBytes(own, peer)) {
    throw new CryptoError("crypto.rand");
  }
}

/** HASHes of the transcript profile are cut to 16 octets on the wire (ADR 1). */
export const hashLength = 16;

export const transcriptHash1 = (
  suite: Suite,
  connectRequest: Uint8Array,
  authenticateRequest: Uint8Array,
): Uint8Array => suite.sha256(lengthPrefixed(connectRequest), lengthPrefixed(authenticateRequest));

export const transcriptHash2 = (
  suite: Suite,
  connectRequest: Uint8Array,
  authenticateRequest: Uint8Array,
  authenticateResponse: Uint8Array,
): Uint8Array =>
  suite.sha256(
    lengthPrefixed(connectRequest),
    lengthPrefixed(authenticateRequest),
    lengthPrefixed(authenticateResponse),
  );

export const hashInitiator = (suite: Suite, keys: PairKeys, th1: Uint8Array): Uint8Array =>
  suite.hmac(keys.auth.octets, ascii("c-hash"), th1).slice(0, hashLength);

export const hashResponder = (suite: Suite, keys: PairKeys, th2: Uint8Array): Uint8Array =>
  suite.hmac(keys.auth.octets, ascii("s-hash"), th2).slice(0, hashLength);

/** SK of a direct pair (GWA-08, GWA-10). `ecdhSecret`, 32 octets, when both sides offered an ephemeral share. */
export function directSessionKey(
  suite: Suite,
  keys: PairKeys,
  randInitiator: Uint8Array,
  randResponder: Uint8Array,
  th1: Uint8Array,
  ecdhSecret?: Uint8Array,
): Secret {
  expectLength(randInitiator, 32, "rand");
  expectLength(randResponder, 32, "rand");
  if (ecdhSecret !== undefined) expectLength(ecdhSecret, 32, "ECDH secret");
  const ikm = ecdhSecret === undefined ? keys.sess.octets : concat(keys.sess.octets, ecdhSecret);
  const sk = suite.hkdf(
    concat(randInitiator, randResponder),
    ikm,
    concat(ascii("CPNS SK"), th1),
    suite.lengths.key,
  );
  if (ecdhSecret !== undefined) wipe(ikm);
  return new Secret(sk);
}

/** HMAC(K_auth, "confirm" | "ack" ‖ lp(EUKeyID)), cut to 16 octets: who holds the new key. */
export const keyConfirmation = (
  suite: Suite,
  keys: PairKeys,
  label: "confirm" | "ack",
  keyID: Uint8Array,
): Uint8Array => suite.hmac(keys.auth.octets, ascii(label), lengthPrefixed(keyID)).slice(0, hashLength);
