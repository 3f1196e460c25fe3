import { ascii, wipe } from "../../base/octets.js";
import { Secret } from "../secret.js";
import type { Suite } from "../suite.js";
import type { PairKeys } from "./pairKeys.js";
import { contextOctets, type PairContext, type RelayedAgreement, relayedSessionKey } from "./relayedKeys.js";

/**
 * The key schedule of a renewed session of PNE and Server (docs/PROTOCOL.md, Rekey): the value profile of PN
 * establishment with fresh RANDs, each HASH bound to the session before.
 */

/** SHA-256("sk" ‖ SK): what ties a rekey to the session that it replaces. */
export const sessionBinder = (suite: Suite, sk: Secret): Secret =>
  new Secret(suite.sha256(ascii("sk"), sk.octets));

/** HMAC(K_auth, "rekey pne" ‖ ctx of the old session ‖ binder of the old session ‖ new rand_PNE [‖ share]). */
export const rekeyHashPNE = (
  suite: Suite,
  keys: PairKeys,
  old: PairContext,
  binder: Secret,
  randPNE: Uint8Array,
  share: Uint8Array = new Uint8Array(0),
): Uint8Array =>
  suite.hmac(keys.auth.octets, ascii("rekey pne"), contextOctets(suite, old), binder.octets, randPNE, share);

/** The new SK with its binder and HMAC(K_auth, "rekey srv" ‖ new ctx ‖ new binder ‖ HASH of the request). */
export function rekeyed(
  suite: Suite,
  keys: PairKeys,
  context: PairContext,
  requestHash: Uint8Array,
  agreement?: RelayedAgreement,
): { readonly sk: Secret; readonly binder: Secret; readonly hash: Uint8Array } {
  const sk = relayedSessionKey(suite, keys, context, agreement);
  const binder = sessionBinder(suite, sk);
  const octets = contextOctets(suite, context);
  const hash = suite.hmac(keys.auth.octets, ascii("rekey srv"), octets, binder.octets, requestHash);
  wipe(octets);
  return { sk, binder, hash };
}
