import { entityID, flags, Key, serverID } from "../codec/attributes.js";
import { defineMessage } from "../codec/message.js";
import { field, optional, record } from "../codec/schema.js";

/** What a PNE can do, told in discovery and PNEInfo (SEC-02, EUK-UI-10). */
export const Capability = Object.freeze({
  /** Enough UI to type a User ID and password (EUK-UI-11). */
  ui: 1,
});

/**
 * PNE → PN GW, first message on every connection (PNI-00, PNR-04). Without `entityID` the PNE asks for one (PNR-06).
 */
export const entityDiscoveryRequest = defineMessage(
  "EntityDiscoveryRequest",
  1,
  record({ entityID: optional(Key.entityID, entityID), flags: field(Key.flags, flags) }),
);

/** PN GW → PNE: who the gateway is, which Server it serves, and the Entity ID it made for the PNE if asked. */
export const entityDiscoveryResponse = defineMessage(
  "EntityDiscoveryResponse",
  2,
  record({
    entityID: field(Key.entityID, entityID),
    assignedEntityID: optional(Key.targetEntityID, entityID),
    serverID: field(Key.serverID, serverID),
  }),
);
