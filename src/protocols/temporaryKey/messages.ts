import { Milliseconds } from "../../base/units.js";
import {
  entityID,
  euKeyID,
  instant,
  Key,
  rand,
  result,
  transcriptHash,
  userID,
} from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, octets, optional, record } from "../../codec/schema.js";
import { compressedLength } from "../../crypto/curve.js";
import { epochLength } from "../../crypto/keys/temporaryKey.js";
import { sealedDeliveryLength } from "../enrolment/messages.js";

/** For the PNE's own requests, once it was told to begin. */
export const triggeredTime = Milliseconds(30_000);

/** What an enrolment at the PN GW is done with, when the device that it is for has no UI (SEC-04, SEC-05). */
export interface Credentials {
  readonly userID: Uint8Array;
  /** Ownership passes: it is wiped. */
  readonly password: Uint8Array;
}

/** A device without UI on a PAN that is not secure (SEC-05, SEC-06): the EUKey comes under the Temporary Key. */

const epoch = octets(epochLength, epochLength);
const share = octets(compressedLength, compressedLength);
const key = octets(32, 32);

/**
 * PN GW → PNE, unasked: ask for an EUKey now (PNR-07). Without attributes: with the credentials that were installed
 * (SEC-04), or for another one in place of the one that it has (C-38). With all three: under the Temporary Key (SEC-05); `keyID` is of the EUKey that waits for the PNE.
 */
export const euKeyAssignmentTrigger = defineMessage(
  "EUKeyAssignmentTrigger",
  23,
  record({
    userID: optional(Key.userID, userID),
    rand: optional(Key.rand, rand),
    keyID: optional(Key.keyID, euKeyID),
  }),
);

/** PNE → PN GW: its random value, and the proof that it holds the Temporary Key. */
export const euKeyAssignmentTemporary = defineMessage(
  "EUKeyAssignmentRequest.temporary",
  34,
  record({
    rand: field(Key.rand, rand),
    epoch: field(Key.epoch, epoch),
    proof: field(Key.proof, transcriptHash),
  }),
);

/** PN GW → PNE: the EUKey, sealed under the key that the Server has made of the Temporary Key. */
export const euKeyAssignmentUnderTemporary = defineMessage(
  "EUKeyAssignmentResponse.temporary",
  35,
  record({ euKey: field(Key.wrappedKey, octets(sealedDeliveryLength, sealedDeliveryLength)) }),
);

/** PN GW → Server: what the PNE said, for the EUKey `keyID` that this PN GW has got for it (SEC-06). */
export const temporaryKeyRequest = defineMessage(
  "TemporaryKeyRequest",
  36,
  record({
    entityID: field(Key.entityID, entityID),
    keyID: field(Key.keyID, euKeyID),
    rand: field(Key.rand, rand),
    gatewayRand: field(Key.gatewayRand, rand),
    epoch: field(Key.epoch, epoch),
    proof: field(Key.proof, transcriptHash),
  }),
);

/** Server → PN GW, in a record only: the derived key; without one it was refused. */
export const temporaryKeyResponse = defineMessage(
  "TemporaryKeyResponse",
  37,
  record({ result: field(Key.result, result), key: optional(Key.wrappedKey, key) }),
);

/** PNE → Server: replace the EUKey `keyID`, which a PN GW has seen (C-18), or in whose place the Server wants another (C-38). */
export const euKeyRotationRequest = defineMessage(
  "EUKeyRotationRequest",
  38,
  record({
    keyID: field(Key.keyID, euKeyID),
    share: field(Key.share, share),
    proof: field(Key.proof, transcriptHash),
  }),
);

/** Server → PNE: its share, and what the new key is called. The PNE confirms the key like every other. */
export const euKeyRotationResponse = defineMessage(
  "EUKeyRotationResponse",
  39,
  record({
    keyID: field(Key.keyID, euKeyID),
    share: field(Key.share, share),
    createdAt: field(Key.createdAt, instant),
    proof: field(Key.proof, transcriptHash),
  }),
);
