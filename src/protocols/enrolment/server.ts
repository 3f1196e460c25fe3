import { hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { Method } from "../../codec/methods.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { CryptoError } from "../../crypto/errors.js";
import { Secret } from "../../crypto/secret.js";
import { maximumPendingOfGateway, type PendingEnrolment, type UserRecord } from "../../database/tables.js";
import type { Origin, ServerPorts } from "../../procedure/serverPorts.js";
import { KeyAssignment } from "./assignment.js";
import { countAttempt, forgetAttempts, pendingOf, takePending } from "./attempts.js";
import {
  euKeyAssignmentChallenge,
  type euKeyAssignmentConfirm,
  type euKeyAssignmentProof,
  type euKeyAssignmentRequest,
  euKeyAssignmentResponse,
  type euKeyAssignmentShare,
  euKeyAssignmentShareAnswer,
  handleLengths,
  sealedDeliveryLength,
} from "./messages.js";
import { answerShare, confirmationHolds, unknownUserRecord, verifyScram } from "./verifiers.js";

/** A person types between challenge and proof nothing more; the slowest device derives for a few seconds. */
const pendingLifetime = 60_000;
/** Challenges open at once; more is a flood. */
const maximumPending = 4096;

/**
 * The Server's side of EUKey assignment by User ID and password (EUK-UI-05 … 07, EUK-UI-14 … 19, EUK-GW-08 … 12).
 * Who is not registered (REG-08), wrong password and throttled take the same steps and give the same number of octets
 * (EUK-UI-17).
 */
export class EnrolServer {
  readonly #ports: ServerPorts;
  readonly #assignment: KeyAssignment;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
    this.#assignment = new KeyAssignment(ports);
  }

  /** Request → challenge (C-07). The password's verifier gives salt and iterations; unknown users get false ones. */
  async request(origin: Origin, message: Received<typeof euKeyAssignmentRequest>): Promise<Uint8Array> {
    const { random, clock, store } = this.#ports;
    const { userID, methods } = message.body;
    const refuse = (result: Result): Uint8Array => encodeMessage(failure, message.exchange, { result });
    // The best that both have, whatever the order in the offer: what a sniffer can guess from comes last.
    const method = [Method.spake2plus, Method.scram].find((one) => methods.includes(one));
    if (method === undefined) return refuse(Result.noMethod);
    return store.transaction(async (tables) => {
      const pending = pendingOf(tables, origin.role);
      await pending.expire(clock.now());
      if ((await pending.count()) >= maximumPending) return refuse(Result.busy);
      // In the clear the PN GW is a claim, and one table is for all of them.
      const flood =
        origin.role === "pne" && (await pending.count(origin.gatewayID)) >= maximumPendingOfGateway;
      if (flood) return refuse(Result.busy);
      const unknown = unknownUserRecord(this.#ports, userID);
      const { salt, iterations } = (await tables.users.get(hex(userID))) ?? unknown;
      const handle = randomOctets(random, handleLengths[method]);
      const challenge = encodeMessage(euKeyAssignmentChallenge, message.exchange, {
        method,
        salt,
        iterations,
        handle,
      });
      await pending.put(hex(handle), {
        kind: "enrolment",
        method,
        expiresAt: Milliseconds(clock.now() + pendingLifetime),
        ...origin,
        userID,
        request: message.octets,
        challenge,
      });
      return challenge;
    });
  }

  /**
   * shareP → shareV and confirmV. confirmV lets the asker check one password, so the attempt is counted here, and who
   * is throttled or unknown gets one that no password confirms. Throws CryptoError for a share that is no point.
   */
  async share(origin: Origin, message: Received<typeof euKeyAssignmentShare>): Promise<Uint8Array> {
    const { suite, store } = this.#ports;
    const { handle } = message.body;
    const shareP = suite.curve.decompress(message.body.share);
    const attempt = await this.#begin(origin, handle, "share");
    if (attempt === undefined) return encodeMessage(failure, message.exchange, { result: Result.refused });
    const { pending, user, unknown, allowed } = attempt;
    const { share, confirmV, confirmP, deliveryKey } = this.#answer(
      pending,
      allowed ? user : unknown,
      unknown,
      shareP,
    );
    const confirming = { confirmP, deliveryKey: deliveryKey.octets, allowed };
    await store.transaction((tables) =>
      pendingOf(tables, origin.role).put(hex(handle), { ...pending, confirming }),
    );
    return encodeMessage(euKeyAssignmentShareAnswer, message.exchange, { share, proof: confirmV });
  }

  #answer(
    pending: PendingEnrolment,
    user: UserRecord,
    unknown: UserRecord,
    shareP: Uint8Array,
  ): ReturnType<typeof answerShare> {
    try {
      return answerShare(this.#ports, pending, user, shareP);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      // The blind alone: a right guess of w0, which is not told.
      return answerShare(this.#ports, pending, unknown, shareP);
    }
  }

  /** Proof → key delivery, with the new key staged; or the same number of octets without one. */
  async proof(origin: Origin, message: Received<typeof euKeyAssignmentProof>): Promise<Uint8Array> {
    const { handle, proof } = message.body;
    const attempt = await this.#begin(origin, handle, "proof");
    const euKey = attempt === undefined ? undefined : await this.#verify(attempt, proof);
    if (euKey !== undefined) {
      return encodeMessage(euKeyAssignmentResponse, message.exchange, { result: Result.ok, euKey });
    }
    this.#ports.log.event("enrol.refused", { entity: hex(origin.entityID), gateway: hex(origin.gatewayID) });
    const padding = randomOctets(this.#ports.random, sealedDeliveryLength);
    return encodeMessage(euKeyAssignmentResponse, message.exchange, { result: Result.refused, padding });
  }

  /** EUK-UI-06 and EUK-UI-16, second half: the staged key becomes the entity's key. */
  confirm(origin: Origin, message: Received<typeof euKeyAssignmentConfirm>): Promise<Uint8Array> {
    return this.#assignment.confirm(origin, message);
  }

  /** Takes the pending exchange, once, and counts the attempt as failed before anything is verified. */
  async #begin(origin: Origin, handle: Uint8Array, leg: "share" | "proof"): Promise<Attempt | undefined> {
    const { store, clock } = this.#ports;
    return store.transaction(async (tables) => {
      const pending = await takePending(tables, origin, handle, clock.now());
      if (pending === undefined) return undefined;
      const unknown = unknownUserRecord(this.#ports, pending.userID);
      const { method, confirming } = pending;
      // A guess of spake2plus was counted with its share.
      if (leg === "proof" && confirming !== undefined) {
        // Who was removed in between gets nothing any more.
        const still = (await tables.users.get(hex(pending.userID))) !== undefined;
        return { pending, user: unknown, unknown, allowed: confirming.allowed && still };
      }
      const expected = leg === "share" ? Method.spake2plus : Method.scram;
      if (method !== expected || confirming !== undefined) return undefined;
      const user = await tables.users.get(hex(pending.userID));
      const allowed = await countAttempt(tables, pending, user !== undefined, clock.now());
      return { pending, user: user ?? unknown, unknown, allowed: allowed && user !== undefined };
    });
  }

  /** The sealed delivery, or undefined. Every step is done for every attempt; only the end differs. */
  async #verify({ pending, user, allowed }: Attempt, proof: Uint8Array): Promise<Uint8Array | undefined> {
    const { store } = this.#ports;
    const { confirming } = pending;
    const verified =
      confirming === undefined
        ? verifyScram(this.#ports, pending, user, proof)
        : { proven: confirmationHolds(pending, proof), deliveryKey: new Secret(confirming.deliveryKey) };
    const proven = verified.proven && allowed;
    const sealed = await this.#assignment.deliver(pending, proven, verified.deliveryKey);
    verified.deliveryKey.wipe();
    if (!proven) return undefined;
    await store.transaction((tables) => forgetAttempts(tables, pending));
    return sealed;
  }
}

interface Attempt {
  readonly pending: PendingEnrolment;
  readonly user: UserRecord;
  readonly unknown: UserRecord;
  /** False when throttled or unknown: the proof then counts for nothing. */
  readonly allowed: boolean;
}
