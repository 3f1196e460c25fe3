import { decode, type Infer } from "../../codec/schema.js";
import type { Ephemeral } from "../../crypto/ephemeral.js";
import type { RelayedAgreement } from "../../crypto/keys/relayedKeys.js";
import { unexpected } from "../../procedure/procedure.js";
import { LinkKey, PairFlag, pneInfo } from "./messages.js";

export type PNEInfo = Infer<typeof pneInfo>;

/** PNEInfo as the PNE wrote it. Throws CodecError. */
export const readPNEInfo = (octets: Uint8Array): PNEInfo => decode(pneInfo, octets);

/** The `flags` octet of the pair's context: role from the PN GW, what protects the link from PNEInfo (C-03). */
export const pairFlags = ({ linkKey }: Pick<PNEInfo, "linkKey">, initiator: boolean): number =>
  linkFlag(linkKey) | (initiator ? PairFlag.initiator : 0);

function linkFlag(linkKey: number): number {
  if (linkKey === LinkKey.localEUKey) return PairFlag.localKey;
  return linkKey === LinkKey.preAssigned ? PairFlag.preAssigned : 0;
}

/** With the Server's share, when there is one. Throws for one that was not asked for, CryptoError("crypto.point"). */
export function agreementOf(
  own: Ephemeral | undefined,
  shareServer: Uint8Array | undefined,
): RelayedAgreement | undefined {
  if (shareServer === undefined) return undefined;
  if (own === undefined) throw unexpected("share", "not offered");
  return { sharePNE: own.share, shareServer, secret: own.agree(shareServer) };
}
