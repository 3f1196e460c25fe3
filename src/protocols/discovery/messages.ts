import { entityID, flags, Key, label, serverID } from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, optional, record } from "../../codec/schema.js";

/** What a PNE can do, told in discovery and PNEInfo (SEC-02, EUK-UI-10). */
export const Capability = Object.freeze({
  /** Enough UI to type a User ID and password (EUK-UI-11). */
  ui: 1,
  /** Stays connected while idle, so that its PN GW can reach it: invitations, triggers, messages. */
  reachable: 2,
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
    /** What the PN GW's person calls it; claimed, as its Entity ID is until the PN is proven. */
    name: optional(Key.name, label),
  }),
);

/** PN GW → PNE, unasked: what can you do? Device Capabilities of PNI-01 and GWI-04 before any PN is set up (PNR-04). */
export const deviceCapabilitiesQueryRequest = defineMessage("DeviceCapabilitiesQueryRequest", 48, record({}));

/** PNE → PN GW, as a request of its own, answered by `Acknowledgement`. */
export const deviceCapabilitiesQueryResponse = defineMessage(
  "DeviceCapabilitiesQueryResponse",
  49,
  record({ flags: field(Key.flags, flags), name: optional(Key.name, label) }),
);
