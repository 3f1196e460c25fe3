import {
  entityID,
  euKeyID,
  handle,
  instant,
  Key,
  result,
  transcriptHash,
  userID,
} from "../codec/attributes.js";
import { defineMessage } from "../codec/message.js";
import { field, list, octets, optional, record, uint } from "../codec/schema.js";

/** Methods of EUKey assignment by User ID and password; the numbers are the wire's. */
export const Method = Object.freeze({ scram: 1, spake2plus: 2 });
export type Method = (typeof Method)[keyof typeof Method];

/** Iterations of PBKDF2 that a client accepts: RFC 7677 asks for 4096 at least; more than the bound is an attack. */
export const minimumIterations = 4096;
export const maximumIterations = 200_000;
export const nonceLength = 16;

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

// Types 7 and 8 carry the shares of SPAKE2+ (shareP → shareV, confirmV) between challenge and proof.

/** The proof of the password, repeated Request of C-07. */
export const euKeyAssignmentProof = defineMessage(
  "EUKeyAssignmentRequest.proof",
  9,
  record({ handle: field(Key.handle, handle), proof: field(Key.proof, octets(32, 32)) }),
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
  }),
);

/** The Server has committed the key: only now does it replace an older one at the client. */
export const euKeyAssignmentAck = defineMessage(
  "EUKeyAssignmentResponse.ack",
  12,
  record({ hash: field(Key.hash, transcriptHash) }),
);
