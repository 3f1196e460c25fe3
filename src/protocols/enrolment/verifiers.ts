import { ascii, equalBytes, wipe } from "../../base/octets.js";
import { Method } from "../../codec/methods.js";
import { compress, reduceScalar, scalarLength } from "../../crypto/curve.js";
import { randomScalar } from "../../crypto/ephemeral.js";
import { scramDeliveryKey, spakeDeliveryKey } from "../../crypto/keys.js";
import { makeVerifier, verifyProof } from "../../crypto/scram.js";
import type { Secret } from "../../crypto/secret.js";
import { pointOfNobody, share, verifierKeys, verifierRecord } from "../../crypto/spake2plus.js";
import type { CurveSuite } from "../../crypto/suite.js";
import type { PendingEnrolment, UserRecord } from "../../database/tables.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { type Parties, passwordIdentity, transcript } from "./transcript.js";

/** The Server's side of both methods: what it keeps of a password, and what it computes with it. */

/** Iterations of new verifiers, and those shown for users that do not exist. */
export const verifierIterations = 10_000;

/**
 * What the Server keeps of a password (REG-03, REG-12), and what is sent in its place (C-23): verifiers for both
 * methods from one derivation.
 */
export function userRecord(
  suite: CurveSuite,
  saltedPassword: Uint8Array,
  salt: Uint8Array,
  userID: Uint8Array,
  serverID: Uint8Array,
): UserRecord {
  const identity = passwordIdentity(userID, serverID);
  return {
    salt,
    iterations: verifierIterations,
    ...makeVerifier(suite, saltedPassword),
    ...verifierRecord(suite, saltedPassword, identity),
  };
}

/**
 * The salt of a User ID, registered or not: it must not change with the registration, or whoever asked before and
 * after would know of it.
 */
export const userSalt = ({ suite, secrets }: Pick<ServerPorts, "suite" | "secrets">, userID: Uint8Array) =>
  suite.hmac(secrets.unknown.octets, ascii("salt"), userID).slice(0, 16);

/**
 * A false verifier, the same for the same User ID at every time, so that asking twice tells nothing. It also stands
 * in for a true one while attempts are delayed: its confirmation says nothing of the true password.
 */
export function unknownUserRecord(ports: ServerPorts, userID: Uint8Array): UserRecord {
  const { suite, secrets } = ports;
  const make = (label: string) => suite.hmac(secrets.unknown.octets, ascii(label), userID);
  const none = new Uint8Array(0);
  const wide = suite.hkdf(none, make("w0"), ascii("CPNS unknown user"), scalarLength + 8);
  return {
    salt: userSalt(ports, userID),
    iterations: verifierIterations,
    storedKey: make("stored"),
    serverKey: make("server"),
    w0: reduceScalar(wide),
    // No password leads to it, and making it costs what reading a true one costs.
    l: pointOfNobody(),
  };
}

export function partiesOf(pending: PendingEnrolment, server: Uint8Array): Parties {
  const pne = pending.role === "pne" ? pending.entityID : undefined;
  return { pne, gateway: pending.gatewayID, server };
}

/** Whether a ClientProof holds, and the key of the delivery that it would open. */
export function verifyScram(
  { suite, serverID }: ServerPorts,
  pending: PendingEnrolment,
  user: UserRecord,
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
  user: UserRecord,
  shareP: Uint8Array,
): SpakeAnswer {
  const { userID, request, challenge } = pending;
  const context = transcript(Method.spake2plus, partiesOf(pending, serverID), request, challenge);
  const ephemeral = randomScalar(random);
  const shareV = share(suite.curve, "verifier", ephemeral, user.w0);
  const agreement = { context, idProver: userID, idVerifier: serverID, shareP, shareV };
  const keys = verifierKeys(suite, agreement, ephemeral, user);
  wipe(ephemeral);
  const deliveryKey = spakeDeliveryKey(suite, keys.shared);
  keys.shared.wipe();
  return { share: compress(shareV), confirmV: keys.confirmV, confirmP: keys.confirmP, deliveryKey };
}

export const confirmationHolds = (pending: PendingEnrolment, proof: Uint8Array): boolean =>
  pending.confirming !== undefined && equalBytes(pending.confirming.confirmP, proof);
