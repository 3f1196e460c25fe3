import { Key, result, userID } from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, octets, record } from "../../codec/schema.js";
import { scalarLength } from "../../crypto/curve.js";

/** A PAN that is secure by itself, and a device without UI (SEC-04): the PN GW puts the credentials into it. */

const scalar = octets(scalarLength, scalarLength);

/**
 * PN GW → PNE, unasked: User ID, and w0 and w1 of SPAKE2+ in the place of the password (C-19). They open this User's
 * account at this Server and nothing else, and the PNE uses them once.
 */
export const userInfoInstallRequest = defineMessage(
  "UserInfoInstallRequest",
  32,
  record({ userID: field(Key.userID, userID), w0: field(Key.w0, scalar), w1: field(Key.w1, scalar) }),
);

/** PNE → PN GW, as a request of its own, answered by `Acknowledgement`: whether it took them. */
export const userInfoInstallResponse = defineMessage(
  "UserInfoInstallResponse",
  33,
  record({ result: field(Key.result, result) }),
);
