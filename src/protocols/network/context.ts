import { decode, type Infer } from "../../codec/schema.js";
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
