import {
  entityID,
  Key,
  localKeyID,
  rand,
  sealedHandle,
  share,
  transcriptHash,
} from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, optional, record } from "../../codec/schema.js";

/** Initiator → responder: who asks, with what random value (GWA-04, GWA-05), by which LocalEUKey if by one (C-15). */
export const connectRequest = defineMessage(
  "ConnectRequest",
  13,
  record({
    entityID: field(Key.entityID, entityID),
    rand: field(Key.rand, rand),
    keyID: optional(Key.keyID, localKeyID),
    /** Offers forward secrecy. */
    share: optional(Key.share, share),
  }),
);

/**
 * Responder → initiator (GWA-06, GWA-07). RAND stands in it as it is: S1's AuthReqData would hold nothing else (C-39).
 * `handle` only from the Server, whose state it is: it keeps none.
 */
export const authenticateRequest = defineMessage(
  "AuthenticateRequest",
  14,
  record({
    rand: field(Key.rand, rand),
    handle: optional(Key.handle, sealedHandle),
    /** Only when the initiator has offered one. */
    share: optional(Key.share, share),
  }),
);

/** Initiator → responder: its HASH over what was exchanged (GWA-09). */
export const authenticateResponse = defineMessage(
  "AuthenticateResponse",
  15,
  record({ hash: field(Key.hash, transcriptHash), handle: optional(Key.handle, sealedHandle) }),
);

/** Responder → initiator: its HASH (GWA-12, C-06). */
export const connectResponse = defineMessage(
  "ConnectResponse",
  16,
  record({ hash: field(Key.hash, transcriptHash) }),
);
