import { ascii, concat, lengthPrefixed } from "../../base/octets.js";

/** What a registration wants the Server to keep. */
export interface NewVerifier {
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
  readonly w0: Uint8Array;
  readonly l: Uint8Array;
}

/**
 * AuthMessage of the old password's proof: who asks whom, the octets of both legs, and the new verifier, so that a
 * proof cannot put another verifier in place.
 */
export function registrationMessage(
  gateway: Uint8Array,
  server: Uint8Array,
  request: Uint8Array,
  challenge: Uint8Array,
  { storedKey, serverKey, w0, l }: NewVerifier,
): Uint8Array {
  return concat(
    ascii("CPNS registration v1"),
    lengthPrefixed(gateway),
    lengthPrefixed(server),
    lengthPrefixed(request),
    lengthPrefixed(challenge),
    lengthPrefixed(concat(storedKey, serverKey, w0, l)),
  );
}
