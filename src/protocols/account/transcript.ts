import { ascii, concat, lengthPrefixed } from "../../base/octets.js";

/** For what the password is proven; a proof for one is none for the other. */
export type AccountPurpose = "sign in" | "delete";

/** AuthMessage (RFC 5802 §3) of a proof at the Server's own page: the purpose, the Server, and both octets of the challenge. */
export function accountMessage(
  purpose: AccountPurpose,
  server: Uint8Array,
  request: Uint8Array,
  challenge: Uint8Array,
): Uint8Array {
  return concat(
    ascii(`CPNS account ${purpose} v1`),
    lengthPrefixed(server),
    lengthPrefixed(request),
    lengthPrefixed(challenge),
  );
}
