import { wipe } from "../base/octets.js";
import { basePoint } from "./curve.js";
import { type Agreement, blindOf, proverSecrets, type SpakeKeys, schedule, unblind } from "./spake2plus.js";
import type { CurveSuite } from "./suite.js";

/** The verifier's side of SPAKE2+ (RFC 9383): what a Server keeps of a password, and what it computes with it. */

/** A point whose logarithm nobody knows, for a record to which no password leads. */
export const pointOfNobody = (): Uint8Array => blindOf("prover");

/** The registration record, which a verifier keeps: w0 of 32 and L = w1·P of 65 octets. */
export interface VerifierRecord {
  readonly w0: Uint8Array;
  readonly l: Uint8Array;
}

/** w0·M and w0·N, 65 octets each: the same in every exchange of one prover, and kept with the record. */
export interface VerifierBlinds {
  readonly w0M: Uint8Array;
  readonly w0N: Uint8Array;
}

export const verifierBlinds = ({ curve }: CurveSuite, w0: Uint8Array): VerifierBlinds => ({
  w0M: curve.multiply(w0, blindOf("prover")),
  w0N: curve.multiply(w0, blindOf("verifier")),
});

/** What the Server keeps of a SaltedPassword. */
export function verifierRecord(
  suite: CurveSuite,
  saltedPassword: Uint8Array,
  identity: Uint8Array,
): VerifierRecord {
  const { w0, w1 } = proverSecrets(suite, saltedPassword, identity);
  const record = { w0: w0.octets.slice(), l: suite.curve.multiply(w1.octets, basePoint()) };
  w0.wipe();
  w1.wipe();
  return record;
}

/** The verifier's keys: Z = y·(X − w0·M), V = y·L. Throws CryptoError for a share that is none. */
export function verifierKeys(
  suite: CurveSuite,
  agreement: Agreement,
  ephemeral: Uint8Array,
  { w0, l, w0M }: VerifierRecord & Pick<VerifierBlinds, "w0M">,
): SpakeKeys {
  const { curve } = suite;
  const peer = unblind(curve, agreement.shareP, w0M);
  const z = curve.multiply(ephemeral, peer);
  const v = curve.multiply(ephemeral, l);
  wipe(peer);
  return schedule(suite, agreement, z, v, w0);
}
