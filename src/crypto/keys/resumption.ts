import { ascii } from "../../base/octets.js";
import { expectLength } from "../errors.js";
import { Secret } from "../secret.js";
import type { Suite } from "../suite.js";

/**
 * The key schedule of a resumed session (docs/PROTOCOL.md, Resumption). T is made from SK beside the record keys and
 * gives neither away; every value from T has a label of its own and parts of fixed length. T is used for one
 * resumption: the session that comes of it has a T of its own.
 */

export const ticketIDLength = 4;
export const resumeNonceLength = 8;
/** Proofs are cut to 8 octets: they are checked online, and who forges one gets a session whose keys he lacks. */
export const resumeProofLength = 8;

/** T = HKDF(no salt, SK, "CPNS resume", 32). */
export const resumptionSecret = (suite: Suite, sk: Secret): Secret =>
  new Secret(suite.hkdf(new Uint8Array(0), sk.octets, ascii("CPNS resume"), suite.lengths.key));

/** HMAC(T, "resume id")[0..3]: by which the responder finds T; not seen by anybody before it is used. */
export const ticketID = (suite: Suite, t: Secret): Uint8Array =>
  suite.hmac(t.octets, ascii("resume id")).slice(0, ticketIDLength);

/** HMAC(T, "resume c" ‖ nonce_c)[0..7]: the initiator holds T. */
export function resumeProofInitiator(suite: Suite, t: Secret, nonceInitiator: Uint8Array): Uint8Array {
  expectLength(nonceInitiator, resumeNonceLength, "nonce");
  return suite.hmac(t.octets, ascii("resume c"), nonceInitiator).slice(0, resumeProofLength);
}

/** HMAC(T, "resume s" ‖ nonce_c ‖ nonce_s)[0..7]: the responder holds T and answers this very request. */
export function resumeProofResponder(
  suite: Suite,
  t: Secret,
  nonceInitiator: Uint8Array,
  nonceResponder: Uint8Array,
): Uint8Array {
  expectLength(nonceInitiator, resumeNonceLength, "nonce");
  expectLength(nonceResponder, resumeNonceLength, "nonce");
  return suite.hmac(t.octets, ascii("resume s"), nonceInitiator, nonceResponder).slice(0, resumeProofLength);
}

/** SK and name of the resumed session: HMAC(T, "resume sk" | "resume sid" ‖ nonce_c ‖ nonce_s), sid cut to 8. */
export function resumedSession(
  suite: Suite,
  t: Secret,
  nonceInitiator: Uint8Array,
  nonceResponder: Uint8Array,
): { readonly sk: Secret; readonly sid: Uint8Array } {
  const derive = (label: string): Uint8Array =>
    suite.hmac(t.octets, ascii(label), nonceInitiator, nonceResponder);
  return { sk: new Secret(derive("resume sk")), sid: derive("resume sid").slice(0, 8) };
}
