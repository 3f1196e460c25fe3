import { bTID, entityID, Key, transcriptHash } from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, record } from "../../codec/schema.js";

/**
 * PN GW → Server (EUK-GW-01, EUK-GW-02): I hold the key that the BSF knows under this B-TID; HASH proves it, as in
 * EUKeyAssignmentRequest.confirm. Answered by EUKeyAssignmentResponse.ack once the Server has fetched the key (Zn).
 */
export const euKeyAssignmentRequestGba = defineMessage(
  "EUKeyAssignmentRequest.gba",
  56,
  record({
    entityID: field(Key.entityID, entityID),
    bTID: field(Key.bTID, bTID),
    hash: field(Key.hash, transcriptHash),
  }),
);
