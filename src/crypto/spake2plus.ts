import { ascii, concat, fromHex, wipe } from "../base/octets.js";
import { basePoint, type Curve, negate, reduceScalar, scalarLength } from "./curve.js";
import { Secret } from "./secret.js";
import type { CurveSuite, Suite } from "./suite.js";

/**
 * SPAKE2+, RFC 9383, ciphersuite P256-SHA256-HKDF-HMAC-SHA256. The prover holds the password (w0, w1), the verifier
 * the record (w0, L). Shares, Z, V, M and N enter the transcript as SEC 1 uncompressed points of 65 octets, as in the
 * RFC's test vectors. What only a verifier needs is in spake2plusVerifier.ts, which no device has.
 */

/** M and N of RFC 9383 §4, uncompressed: nobody knows their logarithms. */
const blindM =
  "04886e2f97ace46e55ba9dd7242579f2993b64e16ef3dcab95afd497333d8fa12f" +
  "5ff355163e43ce224e0b0e65ff02ac8e5c7be09419c785e0ca547d55a12e2d20";
const blindN =
  "04d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49" +
  "07d60aa6bfade45008a636337f5168c64d9bd36034808cd564490b1e656edbe7";

export type Role = "prover" | "verifier";
export const blindOf = (role: Role): Uint8Array => fromHex(role === "prover" ? blindM : blindN);

/** Of w0s ‖ w1s: 2 × 40 octets (RFC 9383 §3.2). */
const wideLength = scalarLength + 8;

/** The prover's half of the registration: scalars of 32 octets each. */
export interface ProverSecrets {
  readonly w0: Secret;
  readonly w1: Secret;
}

/**
 * w0 and w1: 80 octets of HKDF from the SaltedPassword (the PBKDF2 that SCRAM has too, so that one derivation serves
 * both), with the identities of prover and verifier, each half reduced mod n (RFC 9383 §3.2).
 */
export function proverSecrets(suite: Suite, saltedPassword: Uint8Array, identity: Uint8Array): ProverSecrets {
  const wide = suite.hkdf(
    new Uint8Array(0),
    saltedPassword,
    concat(ascii("CPNS SPAKE2+ w0 w1"), identity),
    2 * wideLength,
  );
  const w0 = new Secret(reduceScalar(wide.subarray(0, wideLength)));
  const w1 = new Secret(reduceScalar(wide.subarray(wideLength)));
  wipe(wide);
  return { w0, w1 };
}

/** shareP = x·P + w0·M, or shareV = y·P + w0·N: 65 octets; `ephemeral` is x or y. */
export function share(curve: Curve, role: Role, ephemeral: Uint8Array, w0: Uint8Array): Uint8Array {
  const blind = curve.multiply(w0, blindOf(role));
  const made = blinded(curve, ephemeral, blind);
  wipe(blind);
  return made;
}

/** The same with a blind that was kept: shareV with w0·N. */
export function blinded(curve: Curve, ephemeral: Uint8Array, blind: Uint8Array): Uint8Array {
  const own = curve.multiply(ephemeral, basePoint());
  const made = curve.add(own, blind);
  wipe(own);
  return made;
}

/** The peer's share without its blind: x·P or y·P. Throws CryptoError("crypto.point") when it was the blind alone. */
export function unblind(curve: Curve, peerShare: Uint8Array, blind: Uint8Array): Uint8Array {
  const negated = negate(blind);
  try {
    return curve.add(peerShare, negated);
  } finally {
    wipe(negated);
  }
}

/** What both sides must agree on beside the password. */
export interface Agreement {
  readonly context: Uint8Array;
  readonly idProver: Uint8Array;
  readonly idVerifier: Uint8Array;
  readonly shareP: Uint8Array;
  readonly shareV: Uint8Array;
}

/** Confirmations of 32 octets each, and K_shared (32). */
export interface SpakeKeys {
  readonly confirmP: Uint8Array;
  readonly confirmV: Uint8Array;
  readonly shared: Secret;
}

/** The prover's keys: Z = x·(Y − w0·N), V = w1·(Y − w0·N). Throws CryptoError for a share that is none. */
export function proverKeys(
  suite: CurveSuite,
  agreement: Agreement,
  ephemeral: Uint8Array,
  { w0, w1 }: ProverSecrets,
): SpakeKeys {
  const { curve } = suite;
  const blind = curve.multiply(w0.octets, blindOf("verifier"));
  const peer = unblind(curve, agreement.shareV, blind);
  wipe(blind);
  const z = curve.multiply(ephemeral, peer);
  const v = curve.multiply(w1.octets, peer);
  wipe(peer);
  return schedule(suite, agreement, z, v, w0.octets);
}

/** RFC 9383 §3.3: each part of the transcript has its length before it, in eight octets, little endian. */
function transcript(...parts: readonly Uint8Array[]): Uint8Array {
  return concat(
    ...parts.flatMap((part) => {
      const length = new Uint8Array(8);
      new DataView(length.buffer).setUint32(0, part.length, true);
      return [length, part];
    }),
  );
}

/** RFC 9383 §3.4. Wipes Z and V. */
export function schedule(
  suite: Suite,
  { context, idProver, idVerifier, shareP, shareV }: Agreement,
  z: Uint8Array,
  v: Uint8Array,
  w0: Uint8Array,
): SpakeKeys {
  const tt = transcript(
    context,
    idProver,
    idVerifier,
    blindOf("prover"),
    blindOf("verifier"),
    shareP,
    shareV,
    z,
    v,
    w0,
  );
  const main = suite.sha256(tt);
  const none = new Uint8Array(0);
  const confirmation = suite.hkdf(none, main, ascii("ConfirmationKeys"), 64);
  const keys = {
    confirmP: suite.hmac(confirmation.subarray(0, 32), shareV),
    confirmV: suite.hmac(confirmation.subarray(32), shareP),
    shared: new Secret(suite.hkdf(none, main, ascii("SharedKey"), suite.lengths.key)),
  };
  wipe(tt, main, confirmation, z, v);
  return keys;
}
