import type { CodesOf } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";

/**
 * User ID and password are printable ASCII, for which SASLprep (RFC 4013) is the identity: so the device needs no
 * Unicode tables, and what a keypad cannot type cannot lock its owner out.
 */
export const maximumUserID = 32;
export const maximumPassword = 64;

export class CredentialError extends CpnsError {
  constructor(code: CodesOf<"credential">) {
    super(code);
  }
}

const printable = (octets: Uint8Array): boolean => octets.every((octet) => octet >= 0x20 && octet <= 0x7e);

/** 1 … 32 octets of printable ASCII, no space at either end. Throws CredentialError. */
export function checkUserID(octets: Uint8Array): void {
  if (octets.length === 0) throw new CredentialError("credential.userID.empty");
  if (octets.length > maximumUserID) throw new CredentialError("credential.userID.tooLong");
  const spaced = octets[0] === 0x20 || octets[octets.length - 1] === 0x20;
  if (!printable(octets) || spaced) throw new CredentialError("credential.userID.characters");
}

/** 1 … 64 octets of printable ASCII. Throws CredentialError. */
export function checkPassword(octets: Uint8Array): void {
  if (octets.length === 0) throw new CredentialError("credential.password.empty");
  if (octets.length > maximumPassword) throw new CredentialError("credential.password.tooLong");
  if (!printable(octets)) throw new CredentialError("credential.password.characters");
}
