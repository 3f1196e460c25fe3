import { ascii, concat, lengthPrefixed } from "../../base/octets.js";
import { Method } from "../../codec/methods.js";

/** Who takes part in an assignment; all three are bound into the proof. */
export interface Parties {
  /** The PNE, or undefined when the PN GW asks for its own EUKey (EUK-GW-07). */
  readonly pne: Uint8Array | undefined;
  readonly gateway: Uint8Array;
  readonly server: Uint8Array;
}

const labels = Object.freeze({ [Method.scram]: "CPNS SCRAM v1", [Method.spake2plus]: "CPNS SPAKE2+ v1" });

function names({ pne, gateway, server }: Parties): Uint8Array {
  return concat(lengthPrefixed(pne ?? new Uint8Array(0)), lengthPrefixed(gateway), lengthPrefixed(server));
}

/**
 * What both sides have seen before the proof: AuthMessage of scram, Context of spake2plus. The method's label, the
 * parties, and the exact octets of Request and challenge, so that methods offered and selected, nonces, salt and
 * iterations cannot be changed on the way, nor a method be stripped (C-07, C-10).
 */
export function transcript(
  method: Method,
  parties: Parties,
  request: Uint8Array,
  challenge: Uint8Array,
): Uint8Array {
  return concat(ascii(labels[method]), names(parties), lengthPrefixed(request), lengthPrefixed(challenge));
}

/** What w0 and w1 belong to besides the password (RFC 9383 §3.2): lp(User ID) ‖ lp(Server). */
export const passwordIdentity = (userID: Uint8Array, server: Uint8Array): Uint8Array =>
  concat(lengthPrefixed(userID), lengthPrefixed(server));

/** AAD of the key delivery: who it is for, so that a delivery cannot be moved to another entity. */
export const deliveryAad = (parties: Parties): Uint8Array => concat(ascii("CPNS EUKey"), names(parties));

/** Each delivery key seals one delivery only, so its nonce is constant. */
export const deliveryNonceLength = 12;
