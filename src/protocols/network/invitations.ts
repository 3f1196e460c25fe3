import { Milliseconds } from "../../base/units.js";
import { entityID, flags, Key, label, pnID, rand, result, valueHash } from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, list, optional, record } from "../../codec/schema.js";
import { maximumMembers, pneInfoOctets, pnInventoryOctets } from "./messages.js";

/**
 * What passes between a PN GW and the PNEs that are invited into a PN or are in one. A push is what the PNE did not ask
 * for; its answer is a request of the PNE's own.
 */

/** For the persons at the invited devices (PNI-03, GWI-03). */
export const invitationTime = Milliseconds(45_000);
/** For a PNE between rand_server and its hash: unwrapping, and its LocalEUKey handshake. */
export const proofTime = Milliseconds(20_000);

/** Push (PNI-02): this PNE wants you in its PN. */
export const pnSetupNotify = defineMessage(
  "PNSetupNotify",
  40,
  record({
    pnID: field(Key.pnID, pnID),
    origin: field(Key.originEntityID, entityID),
    name: optional(Key.name, label),
    /** Of the PN; shown to the person who decides, and proven only by the inventory. */
    alias: optional(Key.alias, label),
  }),
);

/** What an invited PNE answers; PNEInfo and RAND only with Result ok, else declined or busy. */
const reply = Object.freeze({
  pnID: field(Key.pnID, pnID),
  result: field(Key.result, result),
  pneInfo: optional(Key.pneInfo, pneInfoOctets),
  rand: optional(Key.rand, rand),
});

/** PNE → PN GW (PNI-03); answered by AuthenticationRequest when it takes part, else by Acknowledgement. */
export const pnSetupNotifyResponse = defineMessage("PNSetupNotifyResponse", 41, record(reply));

/** Push (GWI-01, GWI-02): the PN GW itself wants you in a PN. */
export const pnSetupRequestOfGateway = defineMessage(
  "PNSetupRequest.gateway",
  43,
  record({ pnID: field(Key.pnID, pnID), alias: optional(Key.alias, label) }),
);

/** PNE → PN GW (GWI-03, GWI-04); answered like PNSetupNotifyResponse. */
export const pnSetupResponseOfPNE = defineMessage("PNSetupResponse.pne", 44, record(reply));

/** PN GW → PNE: the answer to an invited PNE's hash (PNI-15a, GWI-15); like PNSetupResponse. */
export const pnEstablishmentNotify = defineMessage(
  "PNEstablishmentNotify",
  42,
  record({
    result: field(Key.result, result),
    pnID: optional(Key.pnID, pnID),
    pnInventory: optional(Key.pnInventory, pnInventoryOctets),
    hash: optional(Key.hash, valueHash),
  }),
);

/**
 * Push (PNR-14): who is still in the PN. It may only take members away, so that nobody is in an inventory whom the
 * Server has not proven.
 */
export const pnInventoryNotify = defineMessage(
  "PNInventoryNotify",
  45,
  record({ pnID: field(Key.pnID, pnID), members: field(Key.members, list(entityID, 0, maximumMembers)) }),
);

/** Push: the PN is no more. */
export const pnDissolveNotify = defineMessage(
  "PNDissolveNotify",
  46,
  record({ pnID: field(Key.pnID, pnID) }),
);

/** PNE → PN GW: leaves, or with flag bit 0 dissolves the PN that it started; answered by Acknowledgement. */
export const pnLeaveRequest = defineMessage(
  "PNLeaveRequest",
  47,
  record({ pnID: field(Key.pnID, pnID), flags: field(Key.flags, flags) }),
);
export const LeaveFlag = Object.freeze({ dissolve: 1 });

/** PN GW → Server: these have left the PN, or all have (PNR-14); answered by Acknowledgement. */
export const pnUpdateRequest = defineMessage(
  "PNUpdateRequest",
  62,
  record({
    pnID: field(Key.pnID, pnID),
    left: field(Key.members, list(entityID, 1, maximumMembers)),
  }),
);
