import { entityID, handle, instant, Key, label, result, userID } from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { bool, field, list, octets, optional, record, uint } from "../../codec/schema.js";
import { maximumGuestNames as maximumGuests } from "../../database/rows/users.js";

/**
 * What a User's own page at the Server says (REG-03, REG-12): over TLS, by the browser, in the Server's own interface and
 * outside the CPNS ones. Registration and a new password are the messages of protocols/registration; these are the rest.
 * The password never leaves the browser: what is sent is a proof, as in SCRAM (RFC 5802).
 */

const digest = octets(32, 32);

/** Proves the password to the challenge of an IDPWDRegistrationRequest, which names the User. */
export const accountSignInRequest = defineMessage(
  "AccountSignInRequest",
  64,
  record({ handle: field(Key.handle, handle), proof: field(Key.proof, digest) }),
);

/**
 * As long whatever came of it. `proof` is the Server's signature, and `token` names the session; both are random octets
 * for who did not prove the password.
 */
export const accountSignInResponse = defineMessage(
  "AccountSignInResponse",
  65,
  record({
    result: field(Key.result, result),
    proof: field(Key.proof, digest),
    token: field(Key.payload, digest),
  }),
);

/** Devices of one answer; a User with more asks for those after the last. */
export const maximumDevicesShown = 40;

/** Bits of `flags` of a device that is shown. */
export const DeviceFlag = Object.freeze({ gateway: 1, escrowed: 2, inPN: 4 });

const shownDevice = record({
  entityID: field(Key.entityID, entityID),
  name: optional(Key.name, label),
  flags: field(Key.flags, uint(7)),
  /** Of its EUKey. */
  createdAt: field(Key.createdAt, instant),
  /** Its last authentication; none since the Server keeps it. */
  seenAt: optional(Key.epoch, instant),
});

/** A User's own devices, in the order of their Entity IDs. */
export const accountDevicesRequest = defineMessage(
  "AccountDevicesRequest",
  66,
  record({ after: optional(Key.entityID, entityID) }),
);

export const accountDevicesResponse = defineMessage(
  "AccountDevicesResponse",
  67,
  record({
    userID: field(Key.userID, userID),
    devices: field(Key.members, list(shownDevice, 0, maximumDevicesShown)),
    more: field(Key.flags, bool),
  }),
);

/** What a User may do with a device. */
export const DeviceAction = Object.freeze({
  /** Makes it nobody's: its key and sessions end. */
  remove: 1,
  /** It gets a new EUKey at its next session (C-38). */
  rekey: 2,
});
export type DeviceAction = (typeof DeviceAction)[keyof typeof DeviceAction];

/** Answered by Acknowledgement, or Failure with noRoute for a device that is not the User's. */
export const accountDeviceRequest = defineMessage(
  "AccountDeviceRequest",
  68,
  record({ entityID: field(Key.entityID, entityID), action: field(Key.method, uint(2)) }),
);

/** Ends this session, or all of the User's. Answered by Acknowledgement. */
export const accountSignOutRequest = defineMessage(
  "AccountSignOutRequest",
  69,
  record({ everywhere: field(Key.flags, bool) }),
);

/** Deletes the User with every device, for who proves the password once more. Answered by Acknowledgement. */
export const accountDeleteRequest = defineMessage(
  "AccountDeleteRequest",
  70,
  record({ handle: field(Key.handle, handle), proof: field(Key.proof, digest) }),
);

/** Who may join at the User's PN GWs beside the User (C-34). */
export const accountGuestsRequest = defineMessage("AccountGuestsRequest", 71, record({}));
export const accountGuestsResponse = defineMessage(
  "AccountGuestsResponse",
  72,
  record({ guests: field(Key.members, list(userID, 0, maximumGuests)), everybody: field(Key.flags, bool) }),
);

/** Replaces the list. Answered by Acknowledgement. */
export const accountGuestsChange = defineMessage(
  "AccountGuestsChange",
  73,
  record({ guests: field(Key.members, list(userID, 0, maximumGuests)), everybody: field(Key.flags, bool) }),
);
