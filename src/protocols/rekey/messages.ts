import { Key, pnID, rand, share, valueHash } from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, optional, record } from "../../codec/schema.js";

/** PNE → Server, relayed: a new session in place of the one of this PN, before that one ends (GWA-01). */
export const rekeyRequest = defineMessage(
  "RekeyRequest",
  52,
  record({
    pnID: field(Key.pnID, pnID),
    rand: field(Key.rand, rand),
    hash: field(Key.hash, valueHash),
    /** Offers forward secrecy. */
    share: optional(Key.share, share),
  }),
);

/** Server → PNE, relayed: the Server's RAND and HASH; the new session counts once its first record has come. */
export const rekeyResponse = defineMessage(
  "RekeyResponse",
  53,
  record({
    rand: field(Key.rand, rand),
    hash: field(Key.hash, valueHash),
    share: optional(Key.share, share),
  }),
);
