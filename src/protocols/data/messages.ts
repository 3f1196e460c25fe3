import { entityID, flags, Key, maximumPayload, pnID, result } from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, octets, optional, record } from "../../codec/schema.js";

/**
 * Data inside a PN, and its answer. For the Server the payload is a record under the SK of PNE and Server, which the
 * PN GW relays without being able to read it; for the PN GW it is plain inside the link's own record.
 */
export const applicationData = defineMessage(
  "ApplicationData",
  21,
  record({
    pnID: field(Key.pnID, pnID),
    target: optional(Key.targetEntityID, entityID),
    origin: optional(Key.originEntityID, entityID),
    payload: field(Key.payload, octets(1, maximumPayload + 21)),
  }),
);

/**
 * Push: application data of another member, by the routing table (PNI-04a), or of the PN GW itself; of the Server, with its
 * Entity ID, a record under the SK of PNE and Server.
 */
export const applicationDataNotify = defineMessage(
  "ApplicationDataNotify",
  60,
  record({
    pnID: field(Key.pnID, pnID),
    origin: field(Key.originEntityID, entityID),
    payload: field(Key.payload, octets(1, maximumPayload + 21)),
  }),
);

/**
 * PNE → PN GW: the data has been shown, or its application has taken it; answered by Acknowledgement. Only now the sender is
 * told that it arrived. With a Result: the application takes no such thing, and the sender is told that.
 */
export const applicationDataReceived = defineMessage(
  "ApplicationDataReceived",
  61,
  record({
    pnID: field(Key.pnID, pnID),
    origin: field(Key.originEntityID, entityID),
    result: optional(Key.result, result),
  }),
);

/** Whether a payload is a typed message of an application; no text begins like one (../topics/message.ts). */
export const isOfTopic = (payload: Uint8Array): boolean => payload[0] === 0x83 || payload[0] === 0x84;

export const RelayFlag = Object.freeze({
  /**
   * The PN GW's owner stands for the device: its link is bonded, or a person at the PN GW has let it in. It counts for
   * what concerns that owner only.
   */
  assured: 1,
});

/**
 * PN GW ↔ Server: a message of a PNE, octet for octet, with the Entity ID that the PNE claimed on its connection
 * (EUK-UI-04, EUK-UI-13, EUK-UI-20). It travels in a record only (GWA-03).
 */
export const relayed = defineMessage(
  "Relayed",
  28,
  record({
    origin: field(Key.originEntityID, entityID),
    message: field(Key.payload, octets(1, 2048)),
    /** Bits of `RelayFlag`; to the Server only. */
    flags: optional(Key.flags, flags),
  }),
);
