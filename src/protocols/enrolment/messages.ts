import { entityID, euKeyID, instant, Key, result, transcriptHash, userID } from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { Method } from "../../codec/methods.js";
import { field, list, octets, optional, record, uint } from "../../codec/schema.js";
import { compressedLength } from "../../crypto/curve.js";

/** Iterations of PBKDF2 that a client accepts: RFC 7677 asks for 4096 at least; more than the bound is an attack. */
export const minimumIterations = 4096;
export const maximumIterations = 200_000;
export const nonceLength = 16;

/**
 * Octets of the handle, which names the exchange. In scram it is the Server's nonce as well; in spake2plus the
 * Server's share is what is fresh.
 */
export const handleLengths = Object.freeze({ [Method.scram]: 16, [Method.spake2plus]: 8 });
const handle = octets(8, 16);

/**
 * What the key delivery carries under encryption (EUK-UI-18, EUK-GW-11, C-24). All fields are always there, so that
 * every delivery has one length; with `result` other than ok, key and id are zeros.
 */
export const keyDelivery = record({
  result: field(Key.result, result),
  key: field(Key.wrappedKey, octets(32, 32)),
  keyID: field(Key.keyID, euKeyID),
  createdAt: field(Key.createdAt, instant),
});
/** Octets of an encoded key delivery while Unix seconds take five octets (2000 to 2106), and with its AEAD tag. */
export const keyDeliveryLength = 55;
export const sealedDeliveryLength = keyDeliveryLength + 16;

/** S0 "Key Request" (EUK-UI-03), first leg: who asks, which methods it allows, its nonce (C-07). */
export const euKeyAssignmentRequest = defineMessage(
  "EUKeyAssignmentRequest",
  5,
  record({
    entityID: field(Key.entityID, entityID),
    userID: field(Key.userID, userID),
    methods: field(Key.methods, list(uint(23), 1, 4)),
    nonce: field(Key.rand, octets(nonceLength, nonceLength)),
  }),
);

/** The Server's challenge: the method it selected and what the method needs (C-07). */
export const euKeyAssignmentChallenge = defineMessage(
  "EUKeyAssignmentResponse.challenge",
  6,
  record({
    method: field(Key.method, uint(23)),
    salt: field(Key.salt, octets(16, 16)),
    iterations: field(Key.iterations, uint(maximumIterations)),
    handle: field(Key.handle, handle),
  }),
);

/** A share of SPAKE2+: a point of P-256, SEC 1 compressed. */
const share = octets(compressedLength, compressedLength);

/** shareP of spake2plus (RFC 9383 §3.3), the round trip that C-07 adds between challenge and proof. */
export const euKeyAssignmentShare = defineMessage(
  "EUKeyAssignmentRequest.share",
  7,
  record({
    handle: field(Key.handle, handle),
    share: field(Key.share, share),
    /** Of a device that holds an EUKey or a Temporary Key: that it is this one which asks. */
    possession: optional(Key.possession, transcriptHash),
  }),
);

/** shareV and confirmV: the Server shows first that it knows the password's verifier. */
export const euKeyAssignmentShareAnswer = defineMessage(
  "EUKeyAssignmentResponse.share",
  8,
  record({ share: field(Key.share, share), proof: field(Key.proof, octets(32, 32)) }),
);

/** The proof of the password, repeated Request of C-07: ClientProof of scram, confirmP of spake2plus. */
export const euKeyAssignmentProof = defineMessage(
  "EUKeyAssignmentRequest.proof",
  9,
  record({
    handle: field(Key.handle, handle),
    proof: field(Key.proof, octets(32, 32)),
    /** As in the share; in scram, which has none. */
    possession: optional(Key.possession, transcriptHash),
  }),
);

/**
 * S0 "Key Delivery" (EUK-UI-07). On failure there is no EUKey but padding of the same length (EUK-UI-17, C-11):
 * the key -1 takes as many octets as the key of the EUKey.
 */
export const euKeyAssignmentResponse = defineMessage(
  "EUKeyAssignmentResponse",
  10,
  record({
    result: field(Key.result, result),
    euKey: optional(Key.wrappedKey, octets(sealedDeliveryLength, sealedDeliveryLength)),
    padding: optional(Key.padding, octets(sealedDeliveryLength, sealedDeliveryLength)),
  }),
);

/** The client holds the new key: only now does it replace an older one at the Server (staged → proven → committed). */
export const euKeyAssignmentConfirm = defineMessage(
  "EUKeyAssignmentRequest.confirm",
  11,
  record({
    /** Only from a PN GW that asks for itself; a relayed confirmation has its origin beside it. */
    entityID: optional(Key.entityID, entityID),
    keyID: field(Key.keyID, euKeyID),
    hash: field(Key.hash, transcriptHash),
    /** Of a PNE with a Temporary Key: the proof that it is this device (SEC-06). */
    claim: optional(Key.proof, transcriptHash),
  }),
);

/** The Server has committed the key: only now does it replace an older one at the client. */
export const euKeyAssignmentAck = defineMessage(
  "EUKeyAssignmentResponse.ack",
  12,
  record({ hash: field(Key.hash, transcriptHash) }),
);
