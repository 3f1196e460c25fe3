import { ascii, concat, lengthPrefixed, wipe } from "../../base/octets.js";
import { expectLength, expectUint } from "../errors.js";
import { Secret } from "../secret.js";
import type { Suite } from "../suite.js";
import type { PairKeys } from "./pairKeys.js";

/** PNE and Server, between whom a PN GW relays: the value profile (C-05, PNI-08 … PNI-12). */

/** What PNE and Server must agree on, whoever relays between them. */
export interface PairContext {
  readonly pnID: Uint8Array;
  readonly pne: Uint8Array;
  readonly gateway: Uint8Array;
  readonly server: Uint8Array;
  /** Octets as the PNE sent them. */
  readonly pneInfo: Uint8Array;
  /** One octet, bits of `PairFlag`. */
  readonly flags: number;
  readonly randPNE: Uint8Array;
  readonly randServer: Uint8Array;
}

/**
 * With the Entity IDs, since rand_server is shared by all PNEs of an establishment (C-27):
 * lp(PNID) ‖ lp(PNE) ‖ lp(PN GW) ‖ lp(Server) ‖ SHA-256(PNEInfo) ‖ flags ‖ rand_PNE ‖ rand_server. Throws
 * CryptoError: what carries no length here must have the one it is defined with, or two contexts could read alike.
 */
export function contextOctets(suite: Suite, context: PairContext): Uint8Array {
  expectLength(context.randPNE, 32, "rand_PNE");
  expectLength(context.randServer, 32, "rand_server");
  expectUint(context.flags, 255, "flags");
  return concat(
    lengthPrefixed(context.pnID),
    lengthPrefixed(context.pne),
    lengthPrefixed(context.gateway),
    lengthPrefixed(context.server),
    suite.sha256(context.pneInfo),
    Uint8Array.of(context.flags),
    context.randPNE,
    context.randServer,
  );
}

/** Of forward secrecy between PNE and Server: both shares, 33 octets each, and the ECDH secret, 32. */
export interface RelayedAgreement {
  readonly sharePNE: Uint8Array;
  readonly shareServer: Uint8Array;
  readonly secret: Secret;
}

/** SK of PNE and Server (PNI-08, PNI-12a); with an agreement both shares are in info, and the secret in ikm. */
export function relayedSessionKey(
  suite: Suite,
  keys: PairKeys,
  context: PairContext,
  agreement?: RelayedAgreement,
): Secret {
  const shares = agreement === undefined ? [] : [agreement.sharePNE, agreement.shareServer];
  shares.forEach((share) => {
    expectLength(share, 33, "share");
  });
  const info = concat(ascii("CPNS SK"), contextOctets(suite, context), ...shares);
  const salt = concat(context.randPNE, context.randServer);
  if (agreement === undefined) return new Secret(suite.hkdf(salt, keys.sess.octets, info, suite.lengths.key));
  const ikm = concat(keys.sess.octets, agreement.secret.octets);
  const sk = new Secret(suite.hkdf(salt, ikm, info, suite.lengths.key));
  wipe(ikm);
  return sk;
}

/** HMAC(K_auth, label ‖ ctx ‖ SHA-256("sk" ‖ SK) ‖ more). */
function valueHash(
  suite: Suite,
  keys: PairKeys,
  label: "pne" | "srv" | "srv own",
  context: PairContext,
  sk: Secret,
  ...more: readonly Uint8Array[]
): Uint8Array {
  const ofKey = suite.sha256(ascii("sk"), sk.octets);
  const hash = suite.hmac(keys.auth.octets, ascii(label), contextOctets(suite, context), ofKey, ...more);
  wipe(ofKey);
  return hash;
}

/** hash_PNE, 32 octets (PNI-08). */
export const hashPNE = (suite: Suite, keys: PairKeys, context: PairContext, sk: Secret): Uint8Array =>
  valueHash(suite, keys, "pne", context, sk);

/**
 * hash_server, 32 octets; binds hash_PNE (32) and the inventory's octets (PNI-12b), and whether PNE and PN GW are one
 * User's own (C-34). Throws CryptoError.
 */
export function hashServer(
  suite: Suite,
  keys: PairKeys,
  context: PairContext,
  sk: Secret,
  pneHash: Uint8Array,
  pnInventory: Uint8Array,
  own = false,
): Uint8Array {
  expectLength(pneHash, suite.lengths.hash, "hash_PNE");
  return valueHash(suite, keys, own ? "srv own" : "srv", context, sk, pneHash, suite.sha256(pnInventory));
}
