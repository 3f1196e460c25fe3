import { ascii, concat, lengthPrefixed } from "../crypto/bytes.js";

/** Who takes part in an assignment; all three are bound into the proof. */
export interface Parties {
  /** The PNE, or undefined when the PN GW asks for its own EUKey (EUK-GW-07). */
  readonly pne: Uint8Array | undefined;
  readonly gateway: Uint8Array;
  readonly server: Uint8Array;
}

const label = "CPNS SCRAM v1";
const none = new Uint8Array(0);

/**
 * AuthMessage of the hash-only method: the label, the parties, and the exact octets of Request and challenge, so that
 * methods offered and selected, nonces, salt and iterations cannot be changed on the way (C-07, C-10).
 */
export function authMessage(parties: Parties, request: Uint8Array, challenge: Uint8Array): Uint8Array {
  return concat(
    ascii(label),
    lengthPrefixed(parties.pne ?? none),
    lengthPrefixed(parties.gateway),
    lengthPrefixed(parties.server),
    lengthPrefixed(request),
    lengthPrefixed(challenge),
  );
}

/** AAD of the key delivery: who it is for, so that a delivery cannot be moved to another entity. */
export function deliveryAad(parties: Parties): Uint8Array {
  return concat(
    ascii("CPNS EUKey"),
    lengthPrefixed(parties.pne ?? none),
    lengthPrefixed(parties.gateway),
    lengthPrefixed(parties.server),
  );
}

/** Each delivery key seals one delivery only, so its nonce is constant. */
export const deliveryNonceLength = 12;
