import { ascii, equalBytes, wipe } from "../base/octets.js";
import { expectLength } from "./errors.js";
import type { Suite } from "./suite.js";

/**
 * The computation of SCRAM-SHA-256 (RFC 5802 §3, RFC 7677) over octets. SaltedPassword comes from `suite.pbkdf2`.
 */

/** What a Server keeps (RFC 5802 §3): 32 octets each. */
export interface ScramVerifier {
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

export const clientKey = (suite: Suite, saltedPassword: Uint8Array): Uint8Array =>
  suite.hmac(saltedPassword, ascii("Client Key"));

export const serverKey = (suite: Suite, saltedPassword: Uint8Array): Uint8Array =>
  suite.hmac(saltedPassword, ascii("Server Key"));

/** StoredKey and ServerKey of a SaltedPassword. */
export function makeVerifier(suite: Suite, saltedPassword: Uint8Array): ScramVerifier {
  const key = clientKey(suite, saltedPassword);
  const storedKey = suite.sha256(key);
  wipe(key);
  return { storedKey, serverKey: serverKey(suite, saltedPassword) };
}

/** ClientProof = ClientKey xor HMAC(StoredKey, AuthMessage): 32 octets. */
export function clientProof(suite: Suite, saltedPassword: Uint8Array, authMessage: Uint8Array): Uint8Array {
  const proof = clientKey(suite, saltedPassword);
  const storedKey = suite.sha256(proof);
  const signature = suite.hmac(storedKey, authMessage);
  for (let i = 0; i < proof.length; i++) (proof[i] as number) ^= signature[i] as number;
  // The signature would turn the proof, which everyone may see, back into ClientKey.
  wipe(storedKey, signature);
  return proof;
}

/** True when the proof, 32 octets, was made with the password behind StoredKey; constant time. Throws CryptoError. */
export function verifyProof(
  suite: Suite,
  storedKey: Uint8Array,
  authMessage: Uint8Array,
  proof: Uint8Array,
): boolean {
  expectLength(proof, 32, "proof");
  const key = suite.hmac(storedKey, authMessage);
  for (let i = 0; i < key.length; i++) (key[i] as number) ^= proof[i] as number;
  const holds = equalBytes(suite.sha256(key), storedKey);
  wipe(key);
  return holds;
}

/** ServerSignature (RFC 5802 §3): 32 octets. */
export const serverSignature = (suite: Suite, key: Uint8Array, authMessage: Uint8Array): Uint8Array =>
  suite.hmac(key, authMessage);
