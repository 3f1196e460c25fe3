import { ascii, concat, lengthPrefixed } from "./bytes.js";
import { expectLength } from "./errors.js";
import { hashLength, type PairKeys } from "./keys.js";
import { Secret } from "./secret.js";
import type { Suite } from "./suite.js";

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
  return new Secret(suite.hkdf(concat(context.randPNE, context.randGateway), temporaryKey, info, 32));
}
