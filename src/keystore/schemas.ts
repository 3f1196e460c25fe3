import {
  entityID,
  euKeyID,
  instant,
  label,
  localKeyID,
  pnID,
  serverID,
  userID,
} from "../codec/attributes.js";
import { bool, field, type Infer, list, octets, optional, record, text, uint } from "../codec/schema.js";

/** What the records of the KeyStore hold, as CBOR. */

/** Where an EUKey came from (C-18, C-21). */
export const KeyOrigin = Object.freeze({ password: 0, gba: 1, temporary: 2, gatewayEscrow: 3 });

export const maximumLocalKeys = 8;

const euKey = record({
  id: field(1, euKeyID),
  key: field(2, octets(32, 32)),
  origin: field(3, uint(KeyOrigin.gatewayEscrow)),
  createdAt: field(4, instant),
  expiresAt: optional(5, instant),
  userID: field(6, userID),
  serverID: field(7, serverID),
});
export type EUKeyData = Infer<typeof euKey>;

export const keysRecord = record({ committed: optional(1, euKey), staged: optional(2, euKey) });
export type KeysData = Infer<typeof keysRecord>;

const localKey = record({
  pnID: field(1, pnID),
  gatewayID: field(2, entityID),
  keyID: field(3, localKeyID),
  key: field(4, octets(32, 32)),
  expiresAt: field(5, instant),
});
export type LocalKeyData = Infer<typeof localKey>;

export const localKeysRecord = record({
  /** The highest key id seen under the EUKey: an old wrapped key that is replayed is not newer (C-25). */
  highest: field(1, localKeyID),
  keys: field(2, list(localKey, 0, maximumLocalKeys)),
  /** Whose they are. */
  userID: field(3, userID),
  serverID: field(4, serverID),
  /** The EUKey under which `highest` counts; a table without it counts under the one that there is. */
  euKeyID: optional(5, euKeyID),
});
export type LocalKeysData = Infer<typeof localKeysRecord>;

export const identityRecord = record({ entityID: field(1, entityID) });
/** Names the time since the last factory reset (SEC-06). */
export const epochRecord = record({ epoch: field(1, octets(16, 16)) });
/** What the person has chosen of the device itself: language of the screens, ISO 639-1; no sounds. */
export const choicesRecord = record({ language: optional(1, text(2, 2)), quiet: optional(2, bool) });
export type Choices = Infer<typeof choicesRecord>;
/** The device's label for people; none when it has the one that it was made with. */
export const nameRecord = record({ name: optional(1, label) });
/** As often a device comes back into one PN: `times` is the first octet of its messages' numbers. */
export const maximumReturns = 255;

/** The PN that the device is in, how often it has come back into it, and whether it started it; none when it has left. */
const place = record({
  pnID: field(1, pnID),
  gatewayID: field(2, entityID),
  times: field(3, uint(maximumReturns)),
  started: field(4, bool),
});
export type PNPlace = Infer<typeof place>;
export const placeRecord = record({ place: optional(1, place) });
export const attemptsRecord = record({ failures: field(1, uint(0xffff)) });
