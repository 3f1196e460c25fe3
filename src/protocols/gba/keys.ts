import { ascii } from "../../base/octets.js";
import type { Suite } from "../../crypto/suite.js";
import { xor } from "./milenage.js";
import type { GbaSuite } from "./ports.js";

/** MAC* = MAC xor Trunc64(SHA-1(IK)) (TS 33.220, 5.3.2): tells the UICC that GBA_U is meant. 8 octets. */
export const macStar = (suite: GbaSuite, mac: Uint8Array, ik: Uint8Array): Uint8Array =>
  xor(mac, suite.sha1(ik).subarray(0, 8));

/** Ua security protocol identifier: vendor specific (TS 33.220, annex H), since OMA has none registered for CPNS. */
const uaProtocol = Object.freeze([0xff, 0x00, 0x00, 0x00, 0x01]);

/** NAF_Id: FQDN of the Server, then the Ua security protocol identifier of 5 octets. */
export const nafIDOf = (fqdn: string): Uint8Array => Uint8Array.from([...ascii(fqdn), ...uaProtocol]);

/**
 * Ks_(ext/int)_NAF = HMAC-SHA-256(Ks, 0x01 ‖ P0 ‖ L0 ‖ RAND ‖ L1 ‖ IMPI ‖ L2 ‖ NAF_Id ‖ L3), P0 = "gba-me" or "gba-u",
 * lengths of 2 octets (TS 33.220, annex B). 32 octets.
 */
export function ksNaf(
  suite: Suite,
  ks: Uint8Array,
  label: "gba-me" | "gba-u",
  rand: Uint8Array,
  impi: string,
  nafID: Uint8Array,
): Uint8Array {
  const parts = [ascii(label), rand, ascii(impi), nafID];
  const withLengths = parts.flatMap((part) => [part, Uint8Array.of(part.length >>> 8, part.length & 0xff)]);
  return suite.hmac(ks, Uint8Array.of(0x01), ...withLengths);
}

/** EUKeyID of a bootstrapped EUKey: SHA-256("CPNS GBA" ‖ B-TID), cut to 8 octets; both sides can name it (C-22). */
export const gbaKeyID = (suite: Suite, bTID: string): Uint8Array =>
  suite.sha256(ascii("CPNS GBA"), ascii(bTID)).slice(0, 8);
