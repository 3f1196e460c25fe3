import type { CodesOf } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";

/** A misuse of cryptography, what a peer must not give, or a host that has no random octets to give. */
export class CryptoError extends CpnsError {
  constructor(code: CodesOf<"crypto">, detail?: string) {
    super(code, detail);
  }
}

/** Asserts a length at the door. Throws CryptoError("crypto.length"). */
export function expectLength(octets: Uint8Array, length: number, name: string): void {
  if (octets.length !== length) {
    throw new CryptoError("crypto.length", `${name}: ${octets.length} octets instead of ${length}`);
  }
}

/** Asserts a whole number of 0 … `maximum`. Throws CryptoError("crypto.range"). */
export function expectUint(value: number, maximum: number, name: string): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > maximum)
    throw new CryptoError("crypto.range", name);
}

const maximumHkdfOutput = 255 * 32;
/** OpenSSL by node:crypto takes no longer `info`; every back end refuses it, so that none differs. */
const maximumHkdfInfo = 1024;

/** Asserts the bounds of RFC 5869 §2.3. Throws CryptoError("crypto.length"). */
export function expectHkdf(info: Uint8Array, length: number): void {
  const whole = Number.isInteger(length) && length >= 1 && length <= maximumHkdfOutput;
  if (!whole || info.length > maximumHkdfInfo) throw new CryptoError("crypto.length", "hkdf");
}

export const maximumPbkdf2Iterations = 1_000_000;

/** Asserts a number of PBKDF2 iterations. Throws CryptoError("crypto.iterations"). */
export function expectIterations(iterations: number): void {
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > maximumPbkdf2Iterations) {
    throw new CryptoError("crypto.iterations", `${iterations}`);
  }
}

/** Asserts that a slice of a derivation makes progress. Throws CryptoError("crypto.iterations"). */
export function expectSlice(iterations: number): void {
  if (!(iterations >= 1)) throw new CryptoError("crypto.iterations", `slice of ${iterations}`);
}
