import { encodeMessage } from "../codec/message.js";
import { Result } from "../codec/results.js";
import { encode } from "../codec/schema.js";
import { ascii, equalBytes, hex, wipe } from "../crypto/bytes.js";
import { deriveKeys, keyConfirmation, scramDeliveryKey, wipeKeys } from "../crypto/keys.js";
import { verifyProof } from "../crypto/scram.js";
import { failure } from "../relay/messages.js";
import { type Origin, randomOctets, type ServerPorts } from "../server/ports.js";
import type { EntityRecord, PendingEnrolment, ServerTables, UserRecord } from "../server/store.js";
import { Milliseconds, toSeconds } from "../units.js";
import {
  euKeyAssignmentAck,
  euKeyAssignmentChallenge,
  euKeyAssignmentResponse,
  keyDelivery,
  Method,
  sealedDeliveryLength,
} from "./messages.js";
import { authMessage, deliveryAad, deliveryNonceLength, type Parties } from "./scram.js";
import { delayAfter, serverGlobalRule, serverRule, type ThrottleRule } from "./throttle.js";

/** A person types between challenge and proof nothing more; the slowest device derives for a few seconds. */
const pendingLifetime = 60_000;
/** Challenges open at once; more is a flood. */
const maximumPending = 4096;
/** Iterations shown for users that do not exist; new verifiers are made with the same number. */
export const verifierIterations = 10_000;

interface Received<Body> {
  readonly exchange: number;
  readonly octets: Uint8Array;
  readonly body: Body;
}

/**
 * The Server's side of EUKey assignment by User ID and password (EUK-UI-05 … 07, EUK-UI-14 … 19, EUK-GW-08 … 12).
 * Unknown user, wrong password and throttled take the same steps and give the same number of octets (EUK-UI-17).
 */
export class EnrolServer {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /** Request → challenge (C-07). The password's verifier gives salt and iterations; unknown users get false ones. */
  async request(
    origin: Origin,
    message: Received<{ readonly userID: Uint8Array; readonly methods: readonly number[] }>,
  ): Promise<Uint8Array> {
    const { random, clock, store } = this.#ports;
    if (!message.body.methods.includes(Method.scram)) {
      return encodeMessage(failure, message.exchange, { result: Result.noMethod });
    }
    const { userID } = message.body;
    return store.transaction(async (tables) => {
      await pendingOf(tables, origin).expire(clock.now());
      if ((await pendingOf(tables, origin).count()) >= maximumPending) {
        return encodeMessage(failure, message.exchange, { result: Result.busy });
      }
      const user = (await tables.users.get(hex(userID))) ?? this.#decoy(userID);
      const handle = randomOctets(random, 16);
      const challenge = encodeMessage(euKeyAssignmentChallenge, message.exchange, {
        method: Method.scram,
        salt: user.salt,
        iterations: user.iterations,
        handle,
      });
      await pendingOf(tables, origin).put(hex(handle), {
        kind: "enrolment",
        expiresAt: Milliseconds(clock.now() + pendingLifetime),
        ...origin,
        userID,
        request: message.octets,
        challenge,
      });
      return challenge;
    });
  }

  /** Proof → key delivery, with the new key staged; or the same number of octets without one. */
  async proof(
    origin: Origin,
    message: Received<{ readonly handle: Uint8Array; readonly proof: Uint8Array }>,
  ): Promise<Uint8Array> {
    const attempt = await this.#begin(origin, message.body.handle);
    const euKey = attempt === undefined ? undefined : await this.#verify(attempt, message.body.proof);
    if (euKey !== undefined) {
      return encodeMessage(euKeyAssignmentResponse, message.exchange, { result: Result.ok, euKey });
    }
    this.#ports.log.event("enrol.refused", { entity: hex(origin.entityID), gateway: hex(origin.gatewayID) });
    const padding = randomOctets(this.#ports.random, sealedDeliveryLength);
    return encodeMessage(euKeyAssignmentResponse, message.exchange, { result: Result.refused, padding });
  }

  /** Takes the pending exchange, once, and counts the attempt as failed before anything is verified. */
  async #begin(origin: Origin, handle: Uint8Array): Promise<Attempt | undefined> {
    const { store, clock } = this.#ports;
    return store.transaction(async (tables) => {
      const pending = await pendingOf(tables, origin).get(hex(handle));
      if (pending?.kind !== "enrolment") return undefined;
      const same =
        pending.role === origin.role &&
        equalBytes(pending.entityID, origin.entityID) &&
        equalBytes(pending.gatewayID, origin.gatewayID);
      // The handle is heard in the air: who is not the asker must not use it up.
      if (!same) return undefined;
      await pendingOf(tables, origin).delete(hex(handle));
      if (pending.expiresAt <= clock.now()) return undefined;
      const user = await tables.users.get(hex(pending.userID));
      const allowed = await this.#count(tables, pending, user !== undefined);
      return { pending, user: user ?? this.#decoy(pending.userID), allowed: allowed && user !== undefined };
    });
  }

  async #count(tables: ServerTables, pending: PendingEnrolment, known: boolean): Promise<boolean> {
    const now = this.#ports.clock.now();
    const buckets = attemptBuckets(pending, known);
    const records = await Promise.all(buckets.map(({ key }) => tables.attempts.get(key)));
    // Rejected without comparing and without counting: hammering while locked neither helps nor prolongs.
    const locked = records.some((record) => record !== undefined && now < record.notBefore);
    for (const [index, { key, rule }] of buckets.entries()) {
      const before = records[index] ?? { failures: 0, notBefore: now };
      const failures = before.failures + 1;
      const notBefore = Milliseconds(now + delayAfter(failures, rule));
      // Written either way: a durable write takes long enough to tell the locked row of the unknown from a user's.
      await tables.attempts.put(key, locked ? before : { failures, notBefore });
    }
    return !locked;
  }

  /** The sealed delivery, or undefined. Every step is done for every attempt; only the end differs. */
  async #verify(attempt: Attempt, proof: Uint8Array): Promise<Uint8Array | undefined> {
    const { suite, random, clock, store, serverID } = this.#ports;
    const { pending, user } = attempt;
    const parties: Parties = {
      pne: pending.role === "pne" ? pending.entityID : undefined,
      gateway: pending.gatewayID,
      server: serverID,
    };
    const transcript = authMessage(parties, pending.request, pending.challenge);
    const proven = verifyProof(suite, user.storedKey, transcript, proof) && attempt.allowed;
    const deliveryKey = scramDeliveryKey(suite, user.serverKey, transcript);
    const id = randomOctets(random, 8);
    const key = randomOctets(random, 32);
    const createdAt = toSeconds(clock.now());
    const staged = { id, key, origin: "password" as const, createdAt, userID: pending.userID };
    const result = proven ? await this.#stage(pending, staged) : Result.refused;
    const delivered = result === Result.ok;
    const delivery = encode(keyDelivery, {
      result,
      key: delivered ? key : new Uint8Array(32),
      keyID: delivered ? id : new Uint8Array(8),
      createdAt,
    });
    const nonce = new Uint8Array(deliveryNonceLength);
    const sealed = suite.seal(deliveryKey.octets, nonce, delivery, deliveryAad(parties));
    deliveryKey.wipe();
    wipe(delivery);
    if (!delivered) wipe(key);
    if (!proven) return undefined;
    await store.transaction(async (tables) => {
      for (const bucket of attemptBuckets(pending, true)) await tables.attempts.delete(bucket.key);
    });
    return sealed;
  }

  /** EUK-UI-06, EUK-UI-16, EUK-GW-10: stored with Entity ID and User ID; refused when another User owns it (C-12). */
  async #stage(
    pending: PendingEnrolment,
    staged: NonNullable<EntityRecord["staged"]>,
  ): Promise<typeof Result.ok | typeof Result.duplicateEntity> {
    return this.#ports.store.transaction(async (tables) => {
      const name = hex(pending.entityID);
      const known = await tables.entities.get(name);
      const foreign =
        known?.committed !== undefined &&
        (known.role !== pending.role || !equalBytes(known.userID, pending.userID));
      if (foreign) return Result.duplicateEntity;
      await tables.entities.put(name, {
        lastLocalKeyID: 0,
        userID: pending.userID,
        ...known,
        role: pending.role,
        staged,
      });
      return Result.ok;
    });
  }

  /** Confirmation → commit → acknowledgement; repeating it after a lost acknowledgement gives the same answer. */
  async confirm(
    origin: Origin,
    message: Received<{ readonly keyID: Uint8Array; readonly hash: Uint8Array }>,
  ): Promise<Uint8Array> {
    const { suite, store, log } = this.#ports;
    const { keyID, hash } = message.body;
    const ack = await store.transaction(async (tables) => {
      const name = hex(origin.entityID);
      const entity = await tables.entities.get(name);
      const found = [entity?.staged, entity?.committed].find((key) => key && equalBytes(key.id, keyID));
      if (entity === undefined || found === undefined || entity.role !== origin.role) return undefined;
      const keys = deriveKeys(suite, "EUK", found.key, origin.entityID);
      const proven = equalBytes(hash, keyConfirmation(suite, keys, "confirm", keyID));
      const answer = keyConfirmation(suite, keys, "ack", keyID);
      wipeKeys(keys);
      if (!proven) return undefined;
      if (found === entity.staged) {
        const { userID, ...committed } = entity.staged;
        const { role, lastLocalKeyID } = entity;
        await tables.entities.put(name, { role, lastLocalKeyID, userID, committed });
        log.event("enrol.committed", { entity: name, role, key: hex(keyID) });
      }
      return answer;
    });
    return ack === undefined
      ? encodeMessage(failure, message.exchange, { result: Result.refused })
      : encodeMessage(euKeyAssignmentAck, message.exchange, { hash: ack });
  }

  /** A false verifier, the same for the same User ID at every time, so that asking twice tells nothing. */
  #decoy(userID: Uint8Array): UserRecord {
    const { suite, secrets } = this.#ports;
    const make = (label: string) => suite.hmac(secrets.decoy.octets, ascii(label), userID);
    return {
      salt: make("salt").slice(0, 16),
      iterations: verifierIterations,
      storedKey: make("stored"),
      serverKey: make("server"),
    };
  }
}

interface Attempt {
  readonly pending: PendingEnrolment;
  readonly user: UserRecord;
  /** False when throttled or unknown: the proof then counts for nothing. */
  readonly allowed: boolean;
}

const pendingOf = (tables: ServerTables, origin: Origin): ServerTables["pending"] =>
  origin.role === "gateway" ? tables.pendingClear : tables.pending;

/**
 * Unknown users share one row: the same work is done, and strangers cannot fill the table. So do all who ask for a
 * PN GW in the clear: their Entity IDs are claims, which must neither spend nor widen the budget of the PN GWs that
 * have authenticated.
 */
function attemptBuckets(
  pending: PendingEnrolment,
  known: boolean,
): readonly { readonly key: string; readonly rule: ThrottleRule }[] {
  const user = known ? hex(pending.userID) : "unknown";
  if (pending.role === "gateway") return [{ key: `${user}/clear`, rule: serverRule }];
  const gateway = known ? hex(pending.gatewayID) : "unknown";
  return [
    { key: `${user}/${gateway}`, rule: serverRule },
    { key: user, rule: serverGlobalRule },
  ];
}
