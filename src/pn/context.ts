import { decode, type Infer } from "../codec/schema.js";
import { PairFlag, pneInfo } from "./messages.js";

export type PNEInfo = Infer<typeof pneInfo>;

/** PNEInfo as the PNE wrote it. Throws CodecError. */
export const readPNEInfo = (octets: Uint8Array): PNEInfo => decode(pneInfo, octets);

/** The `flags` octet of the pair's context: role from the PN GW, LocalEUKey indication from PNEInfo (C-03). */
export const pairFlags = (info: PNEInfo, initiator: boolean): number =>
  (info.localKey === 1 ? PairFlag.localKey : 0) | (initiator ? PairFlag.initiator : 0);
