import { CpnsError } from "../errors.js";

/** A misuse of cryptography (`crypto.length`, `crypto.iterations`, `crypto.cancelled`) or a bad RAND (`crypto.rand`). */
export class CryptoError extends CpnsError {}

/** Asserts a length at the door. Throws CryptoError("crypto.length"). */
export function expectLength(octets: Uint8Array, length: number, name: string): void {
  if (octets.length !== length) {
    throw new CryptoError("crypto.length", `${name}: ${octets.length} octets instead of ${length}`);
  }
}

export const maximumPbkdf2Iterations = 1_000_000;

/** Asserts a number of PBKDF2 iterations. Throws CryptoError("crypto.iterations"). */
export function expectIterations(iterations: number): void {
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > maximumPbkdf2Iterations) {
    throw new CryptoError("crypto.iterations", `${iterations}`);
  }
}
