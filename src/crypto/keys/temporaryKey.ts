import { ascii, concat, lengthPrefixed, wipe } from "../../base/octets.js";
import { expectLength } from "../errors.js";
import { Secret } from "../secret.js";
import type { Suite } from "../suite.js";
import { hashLength } from "./directKeys.js";
import type { PairKeys } from "./pairKeys.js";

/** The key schedule of the Temporary Key (SEC-06, C-04; docs/PROTOCOL.md, Temporary Key). */

/** Octets of what names the time between two factory resets. */
export const epochLength = 16;

/** What PNE, PN GW and Server agree on when the Server lets the PN GW have a key derived from the Temporary Key. */
export interface ReleaseContext {
  readonly pne: Uint8Array;
  readonly gateway: Uint8Array;
  readonly server: Uint8Array;
  readonly userID: Uint8Array;
  /** 32 octets each. */
  readonly randPNE: Uint8Array;
  readonly randGateway: Uint8Array;
  /** 16 octets that the PNE made after its last factory reset. */
  readonly epoch: Uint8Array;
  /** 8 octets, the Server's: of the EUKey that waits for its delivery, so that no older proof can be shown. */
  readonly keyID: Uint8Array;
}

/** HMAC(K_auth of TK, "tk" ‖ …)[0..15]: this very device is here, and wants what is asked for. Throws CryptoError. */
export function releaseProof(suite: Suite, keys: PairKeys, context: ReleaseContext): Uint8Array {
  expectLength(context.randPNE, 32, "rand_PNE");
  expectLength(context.randGateway, 32, "rand_GW");
  expectLength(context.epoch, epochLength, "epoch");
  expectLength(context.keyID, 8, "EUKeyID");
  return suite
    .hmac(
      keys.auth.octets,
      ascii("tk"),
      lengthPrefixed(context.pne),
      lengthPrefixed(context.gateway),
      lengthPrefixed(context.server),
      lengthPrefixed(context.userID),
      context.randPNE,
      context.randGateway,
      context.epoch,
      context.keyID,
    )
    .slice(0, hashLength);
}

/**
 * TK' = HKDF(salt = rand_PNE ‖ rand_GW, TK, "CPNS TK" ‖ lp(PNE) ‖ lp(PN GW) ‖ lp(UserID), 32): all that a PN GW ever
 * sees of the Temporary Key. Throws CryptoError.
 */
export function releasedKey(
  suite: Suite,
  temporaryKey: Uint8Array,
  context: Pick<ReleaseContext, "pne" | "gateway" | "userID" | "randPNE" | "randGateway">,
): Secret {
  expectLength(temporaryKey, 32, "TK");
  expectLength(context.randPNE, 32, "rand_PNE");
  expectLength(context.randGateway, 32, "rand_GW");
  const info = concat(
    ascii("CPNS TK"),
    lengthPrefixed(context.pne),
    lengthPrefixed(context.gateway),
    lengthPrefixed(context.userID),
  );
  return new Secret(
    suite.hkdf(concat(context.randPNE, context.randGateway), temporaryKey, info, suite.lengths.key),
  );
}

/**
 * HMAC(K_auth of TK, "claim" ‖ lp(EUKeyID) ‖ confirm.HASH)[0..15]: beside the confirmation of a new EUKey, so that only
 * the device itself can become somebody's. Throws CryptoError.
 */
export function deviceClaim(suite: Suite, keys: PairKeys, keyID: Uint8Array, hash: Uint8Array): Uint8Array {
  expectLength(hash, hashLength, "HASH");
  return suite.hmac(keys.auth.octets, ascii("claim"), lengthPrefixed(keyID), hash).slice(0, hashLength);
}

/**
 * HMAC(K_auth of TK, "ack" ‖ lp(EUKeyID) ‖ confirm.HASH)[0..15]: the Server has committed an EUKey that a PN GW
 * knows, and only the Server can say so (SEC-05). Throws CryptoError.
 */
export function temporaryKeyAck(
  suite: Suite,
  keys: PairKeys,
  keyID: Uint8Array,
  hash: Uint8Array,
): Uint8Array {
  expectLength(hash, hashLength, "HASH");
  return suite.hmac(keys.auth.octets, ascii("ack"), lengthPrefixed(keyID), hash).slice(0, hashLength);
}

/**
 * HMAC(K_auth of EUKey or TK, "guess" ‖ lp(handle) ‖ lp(share or proof))[0..15]: the device that types a password is the
 * one that holds this key, so that its attempts are paid from its own budget.
 */
export const possessionProof = (
  suite: Suite,
  keys: PairKeys,
  handle: Uint8Array,
  guess: Uint8Array,
): Uint8Array =>
  suite
    .hmac(keys.auth.octets, ascii("guess"), lengthPrefixed(handle), lengthPrefixed(guess))
    .slice(0, hashLength);

/** What PNE and Server agree on when they replace an EUKey that a PN GW has seen (C-18). */
export interface RotationContext {
  readonly pne: Uint8Array;
  readonly gateway: Uint8Array;
  readonly server: Uint8Array;
  /** The PNE's message and the Server's share (33), id (8) and time of the new key. */
  readonly request: Uint8Array;
  readonly share: Uint8Array;
  readonly keyID: Uint8Array;
  readonly createdAt: number;
}

/** H(lp(PNE) ‖ lp(PN GW) ‖ lp(Server) ‖ lp(Request) ‖ share ‖ EUKeyID ‖ created at (8)). */
export function rotationHash(suite: Suite, context: RotationContext): Uint8Array {
  expectLength(context.share, 33, "share");
  expectLength(context.keyID, 8, "EUKeyID");
  const at = new Uint8Array(8);
  const view = new DataView(at.buffer);
  view.setUint32(0, Math.floor(context.createdAt / 0x100000000));
  view.setUint32(4, context.createdAt % 0x100000000);
  return suite.sha256(
    lengthPrefixed(context.pne),
    lengthPrefixed(context.gateway),
    lengthPrefixed(context.server),
    lengthPrefixed(context.request),
    context.share,
    context.keyID,
    at,
  );
}

/** HMAC(K_auth of TK, "rotate c" ‖ lp(PNE) ‖ lp(PN GW) ‖ lp(Server) ‖ old EUKeyID ‖ share)[0..15]: the PNE's share is the PNE's. */
export function rotationRequestProof(
  suite: Suite,
  keys: PairKeys,
  parties: Pick<RotationContext, "pne" | "gateway" | "server">,
  keyID: Uint8Array,
  share: Uint8Array,
): Uint8Array {
  expectLength(share, 33, "share");
  expectLength(keyID, 8, "EUKeyID");
  return suite
    .hmac(
      keys.auth.octets,
      ascii("rotate c"),
      lengthPrefixed(parties.pne),
      lengthPrefixed(parties.gateway),
      lengthPrefixed(parties.server),
      keyID,
      share,
    )
    .slice(0, hashLength);
}

/** HMAC(K_auth of TK, "rotate s" ‖ rotation hash)[0..15]: the answer is the Server's, and to this request. */
export const rotationAnswerProof = (suite: Suite, keys: PairKeys, hash: Uint8Array): Uint8Array =>
  suite.hmac(keys.auth.octets, ascii("rotate s"), hash).slice(0, hashLength);

/**
 * EUKey = HKDF(salt = rotation hash, Z ‖ old EUKey, "CPNS EUKey rotation", 32); Z is the x coordinate (32) of the ECDH
 * point, which is wiped.
 */
export function rotatedKey(
  suite: Suite,
  hash: Uint8Array,
  point: Uint8Array,
  oldKey: Uint8Array,
): Uint8Array {
  expectLength(point, 65, "point");
  expectLength(oldKey, 32, "EUKey");
  const ikm = concat(point.subarray(1, 33), oldKey);
  const key = suite.hkdf(hash, ikm, ascii("CPNS EUKey rotation"), suite.lengths.key);
  wipe(ikm, point);
  return key;
}
