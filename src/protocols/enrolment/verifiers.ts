import { ascii, equalBytes, wipe } from "../../base/octets.js";
import { Method } from "../../codec/methods.js";
import { compress, reduceScalar, scalarLength } from "../../crypto/curve.js";
import { randomScalar } from "../../crypto/ephemeral.js";
import { scramDeliveryKey, spakeDeliveryKey } from "../../crypto/keys/deliveryKeys.js";
import { makeVerifier, verifyProof } from "../../crypto/scram.js";
import type { Secret } from "../../crypto/secret.js";
import { blinded } from "../../crypto/spake2plus.js";
import {
  pointOfNobody,
  type VerifierBlinds,
  verifierBlinds,
  verifierKeys,
  verifierRecord,
} from "../../crypto/spake2plusVerifier.js";
import type { CurveSuite } from "../../crypto/suite.js";
import type { PendingEnrolment } from "../../database/rows/exchanges.js";
import type { UserRecord } from "../../database/rows/users.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { type Parties, passwordIdentity, transcript } from "./transcript.js";

/** The Server's side of both methods: what it keeps of a password, and what it computes with it. */

/** Iterations of new verifiers, and those shown for users that do not exist. */
export const verifierIterations = 10_000;

/** What is made of a password on its owner's side, and sent in its place (C-23). */
export type Verifier = Pick<UserRecord, "salt" | "iterations" | "storedKey" | "serverKey" | "w0" | "l">;
/** What an exchange is verified with. */
export type Verifiable = Verifier & VerifierBlinds;

/** Verifiers for both methods from one derivation (REG-03, REG-12). */
export function userVerifier(
  suite: CurveSuite,
  saltedPassword: Uint8Array,
  salt: Uint8Array,
  userID: Uint8Array,
  serverID: Uint8Array,
): Verifier {
  const identity = passwordIdentity(userID, serverID);
  return {
    salt,
    iterations: verifierIterations,
    ...makeVerifier(suite, saltedPassword),
    ...verifierRecord(suite, saltedPassword, identity),
  };
}

/** With what every exchange computes of it, once. */
export const verifiable = (suite: CurveSuite, verifier: Verifier): Verifiable => ({
  ...verifier,
  ...verifierBlinds(suite, verifier.w0),
});

/**
 * The salt of a User ID, registered or not: it must not change with the registration, or whoever asked before and
 * after would know of it.
 */
export const userSalt = (
  { suite, secrets }: Pick<ServerPorts, "suite" | "secrets">,
  userID: Uint8Array,
): Uint8Array => suite.hmac(secrets.unknown.octets, ascii("salt"), userID).slice(0, 16);

/**
 * What stands in for a User who is not there, and for one who has no guess left: a verifier to which no password leads,
 * whose confirmation says nothing. Nothing of it is seen, so that one, made once, serves for all.
 */
export function unknownUser({ suite, secrets }: Pick<ServerPorts, "suite" | "secrets">): Verifiable {
  const make = (label: string) => suite.hmac(secrets.unknown.octets, ascii(label));
  const wide = suite.hkdf(new Uint8Array(0), make("w0"), ascii("CPNS unknown user"), scalarLength + 8);
  return Object.freeze({
    salt: new Uint8Array(16),
    iterations: verifierIterations,
    storedKey: make("stored"),
    serverKey: make("server"),
    l: pointOfNobody(),
    ...withBlinds(suite, reduceScalar(wide)),
  });
}

const withBlinds = (suite: CurveSuite, w0: Uint8Array) => ({ w0, ...verifierBlinds(suite, w0) });

export function partiesOf(pending: PendingEnrolment, server: Uint8Array): Parties {
  const pne = pending.role === "pne" ? pending.entityID : undefined;
  return { pne, gateway: pending.gatewayID, server };
}

/** Whether a ClientProof holds, and the key of the delivery that it would open. */
export function verifyScram(
  { suite, serverID }: ServerPorts,
  pending: PendingEnrolment,
  user: Verifiable,
  proof: Uint8Array,
): { readonly proven: boolean; readonly deliveryKey: Secret } {
  const { request, challenge } = pending;
  const authMessage = transcript(Method.scram, partiesOf(pending, serverID), request, challenge);
  const proven = verifyProof(suite, user.storedKey, authMessage, proof);
  return { proven, deliveryKey: scramDeliveryKey(suite, user.serverKey, authMessage) };
}

/** What the Server answers to shareP, and what it keeps until confirmP comes. */
export interface SpakeAnswer {
  readonly share: Uint8Array;
  readonly confirmV: Uint8Array;
  readonly confirmP: Uint8Array;
  readonly deliveryKey: Secret;
}

/** `shareP` is a point. Throws CryptoError("crypto.point") when it is nothing but the blind (RFC 9383 §6). */
export function answerShare(
  { suite, random, serverID }: ServerPorts,
  pending: PendingEnrolment,
  user: Verifiable,
  shareP: Uint8Array,
): SpakeAnswer {
  const { userID, request, challenge } = pending;
  const context = transcript(Method.spake2plus, partiesOf(pending, serverID), request, challenge);
  const ephemeral = randomScalar(random);
  const shareV = blinded(suite.curve, ephemeral, user.w0N);
  const agreement = { context, idProver: userID, idVerifier: serverID, shareP, shareV };
  try {
    const keys = verifierKeys(suite, agreement, ephemeral, user);
    const deliveryKey = spakeDeliveryKey(suite, keys.shared);
    keys.shared.wipe();
    return { share: compress(shareV), confirmV: keys.confirmV, confirmP: keys.confirmP, deliveryKey };
  } finally {
    wipe(ephemeral);
  }
}

export const confirmationHolds = (pending: PendingEnrolment, proof: Uint8Array): boolean =>
  pending.confirming !== undefined && equalBytes(pending.confirming.confirmP, proof);
