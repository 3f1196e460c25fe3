import { equalBytes, hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { Method } from "../../codec/methods.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { CryptoError } from "../../crypto/errors.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import { possessionProof } from "../../crypto/keys/temporaryKey.js";
import { Secret } from "../../crypto/secret.js";
import {
  type Budget,
  budgetsOf,
  fromText,
  giveBack,
  spend,
  toText,
  type Way,
} from "../../database/budgets.js";
import { stillUser } from "../../database/ownership.js";
import { enrolmentsOf, exchangeOf, openExchange, takeExchange } from "../../database/pending.js";
import { exchangeLifetime, type PendingEnrolment } from "../../database/rows/exchanges.js";
import type { UserRecord } from "../../database/rows/users.js";
import { isBelievable } from "../../database/sessions.js";
import type { ServerTables } from "../../database/store.js";
import type { Origin, ServerPorts } from "../../procedure/serverPorts.js";
import { KeyAssignment } from "./assignment.js";
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
import {
  answerShare,
  confirmationHolds,
  type SpakeAnswer,
  unknownUser,
  userSalt,
  type Verifiable,
  verifierIterations,
  verifyScram,
} from "./verifiers.js";

/** A guess that was paid for. */
interface Attempt {
  /** Who has to be proven; undefined when nobody of this name is registered, or the budget was empty. */
  readonly user: UserRecord | undefined;
  /** Given back when it was right, which it never is without a user. */
  readonly paid: readonly Budget[];
}

/**
 * The Server's side of EUKey assignment by User ID and password (EUK-UI-05 … 07, EUK-UI-14 … 19, EUK-GW-08 … 12).
 * Who is not registered (REG-08), wrong password and throttled take the same steps and give the same number of octets
 * (EUK-UI-17). Each step is the work of one transaction, which counts an attempt before anybody hears of its outcome.
 */
export class EnrolServer {
  readonly #ports: ServerPorts;
  readonly #assignment: KeyAssignment;
  readonly #unknown: Verifiable;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
    this.#assignment = new KeyAssignment(ports);
    this.#unknown = unknownUser(ports);
  }

  /** Request → challenge (C-07). The password's verifier gives salt and iterations; unknown users get false ones. */
  async request(
    tables: ServerTables,
    origin: Origin,
    message: Received<typeof euKeyAssignmentRequest>,
  ): Promise<Uint8Array> {
    const { random, clock } = this.#ports;
    const { userID, methods } = message.body;
    const refuse = (result: Result): Uint8Array => encodeMessage(failure, message.exchange, { result });
    // The best that both have, whatever the order in the offer: what a sniffer can guess from comes last.
    const method = [Method.spake2plus, Method.scram].find((one) => methods.includes(one));
    if (method === undefined) return refuse(Result.noMethod);
    if (!isBelievable(clock.now())) {
      tables.log.event("server.clock", { now: clock.now() });
      return refuse(Result.serverClock);
    }
    const none = { salt: userSalt(this.#ports, userID), iterations: verifierIterations };
    const { salt, iterations } = (await tables.users.get(hex(userID))) ?? none;
    const handle = randomOctets(random, handleLengths[method]);
    const body = { method, salt, iterations, handle };
    const challenge = encodeMessage(euKeyAssignmentChallenge, message.exchange, body);
    const { role, entityID, gatewayID } = origin;
    await openExchange(tables, handle, {
      method,
      role,
      entityID,
      gatewayID,
      source: await sourceOf(tables, origin),
      endsAt: Milliseconds(clock.now() + exchangeLifetime),
      userID,
      request: message.octets,
      challenge,
    });
    return challenge;
  }

  /**
   * shareP → shareV and confirmV. confirmV lets the asker check one password, so the attempt is paid for here, and who
   * has no budget or is unknown gets one that no password confirms. Throws CryptoError for a share that is no point.
   */
  async share(
    tables: ServerTables,
    origin: Origin,
    message: Received<typeof euKeyAssignmentShare>,
  ): Promise<Uint8Array> {
    const { suite } = this.#ports;
    const { handle, share: compressed, possession } = message.body;
    const shareP = suite.curve.decompress(compressed);
    const pending = await exchangeOf(tables, origin, handle);
    if (pending?.method !== Method.spake2plus || pending.confirming !== undefined) {
      await takeExchange(tables, origin, handle);
      return encodeMessage(failure, message.exchange, { result: Result.refused });
    }
    const shown = possession && { possession, handle, guess: compressed };
    const { user, paid } = await this.#pay(tables, origin, pending, shown);
    const { share, confirmV, confirmP, deliveryKey } = this.#answer(pending, user, shareP);
    const confirming = {
      confirmP,
      deliveryKey: deliveryKey.octets,
      charged: toText(paid),
      ...(user && { user: user.identity }),
    };
    await enrolmentsOf(tables, origin.role).put(hex(handle), { ...pending, confirming });
    deliveryKey.wipe();
    return encodeMessage(euKeyAssignmentShareAnswer, message.exchange, { share, proof: confirmV });
  }

  #answer(pending: PendingEnrolment, user: Verifiable | undefined, shareP: Uint8Array): SpakeAnswer {
    try {
      return answerShare(this.#ports, pending, user ?? this.#unknown, shareP);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      // The blind alone: a right guess of w0, which is not told.
      return answerShare(this.#ports, pending, this.#unknown, shareP);
    }
  }

  /** Proof → key delivery, with the new key staged; or the same number of octets without one. */
  async proof(
    tables: ServerTables,
    origin: Origin,
    message: Received<typeof euKeyAssignmentProof>,
  ): Promise<Uint8Array> {
    const pending = await takeExchange(tables, origin, message.body.handle);
    const euKey = pending && (await this.#verify(tables, origin, pending, message.body));
    if (euKey !== undefined) {
      return encodeMessage(euKeyAssignmentResponse, message.exchange, { result: Result.ok, euKey });
    }
    tables.log.event("enrol.refused", { entity: hex(origin.entityID), gateway: hex(origin.gatewayID) });
    const padding = randomOctets(this.#ports.random, sealedDeliveryLength);
    return encodeMessage(euKeyAssignmentResponse, message.exchange, { result: Result.refused, padding });
  }

  /** EUK-UI-06 and EUK-UI-16, second half: the staged key becomes the entity's key. */
  confirm(
    tables: ServerTables,
    origin: Origin,
    message: Received<typeof euKeyAssignmentConfirm>,
  ): Promise<Uint8Array> {
    return this.#assignment.confirm(tables, origin, message);
  }

  /** The sealed delivery, or undefined. Every step is done for every attempt; only the end differs. */
  async #verify(
    tables: ServerTables,
    origin: Origin,
    pending: PendingEnrolment,
    { handle, proof, possession }: Received<typeof euKeyAssignmentProof>["body"],
  ): Promise<Uint8Array | undefined> {
    if (pending.method === Method.spake2plus && pending.confirming === undefined) return undefined;
    const { user, paid } =
      pending.confirming === undefined
        ? await this.#pay(tables, origin, pending, possession && { possession, handle, guess: proof })
        : await this.#paidBefore(tables, pending, pending.confirming);
    const { proven, deliveryKey } =
      pending.confirming === undefined
        ? verifyScram(this.#ports, pending, user ?? this.#unknown, proof)
        : {
            proven: confirmationHolds(pending, proof),
            deliveryKey: new Secret(pending.confirming.deliveryKey),
          };
    const owner = proven ? user?.identity : undefined;
    const sealed = await this.#assignment.deliver(tables, pending, owner, deliveryKey);
    deliveryKey.wipe();
    if (owner === undefined) return undefined;
    await giveBack(tables, paid, this.#ports.clock.now());
    return sealed;
  }

  /** Who was removed since the shares were exchanged gets nothing any more, whoever has the name by now. */
  async #paidBefore(
    tables: ServerTables,
    pending: PendingEnrolment,
    { user, charged }: NonNullable<PendingEnrolment["confirming"]>,
  ): Promise<Attempt> {
    const still = user && (await stillUser(tables, pending.userID, user));
    return { user: still, paid: fromText(charged) };
  }

  /** Pays for a guess, before anything is verified. */
  async #pay(
    tables: ServerTables,
    origin: Origin,
    pending: PendingEnrolment,
    shown: Shown | undefined,
  ): Promise<Attempt> {
    const user = await tables.users.get(hex(pending.userID));
    const way = await this.#way(tables, origin, pending, user, shown);
    const budgets = budgetsOf(user, way);
    const allowed = await spend(tables, budgets, this.#ports.clock.now());
    return { user: allowed ? user : undefined, paid: budgets };
  }

  /** By which way the guess comes; a key that is shown opens the way of its device, and nobody else's. */
  async #way(
    tables: ServerTables,
    origin: Origin,
    pending: PendingEnrolment,
    user: UserRecord | undefined,
    shown: Shown | undefined,
  ): Promise<Way> {
    const { entityID } = origin;
    const name = hex(entityID);
    const [entity, device] = [await tables.entities.get(name), await tables.devices.get(name)];
    const own = user !== undefined && entity !== undefined && equalBytes(entity.owner, user.identity);
    if (shown !== undefined) {
      const byEUKey = entity !== undefined && this.#shows("EUK", entity.committed.key, entityID, shown);
      const byTK = device !== undefined && this.#shows("TK", device.temporaryKey, entityID, shown);
      if (own && (byEUKey || byTK)) return { by: "bound", entityID };
      if (byTK) return { by: "factory", entityID };
    }
    if (origin.role === "gateway") return { by: "clear", source: pending.source };
    const gateway = await tables.entities.get(hex(origin.gatewayID));
    const home = user !== undefined && gateway !== undefined && equalBytes(gateway.owner, user.identity);
    if (home) return { by: origin.assured === true ? "assured" : "own" };
    const { gatewayID } = origin;
    const whose = user === undefined ? "unknown" : hex(user.identity);
    const familiar = (await tables.entities.count("through", `${whose}/${hex(gatewayID)}`)) > 0;
    return familiar ? { by: "familiar", gatewayID } : { by: "foreign", gatewayOwner: gateway?.owner };
  }

  #shows(kind: "EUK" | "TK", key: Uint8Array, owner: Uint8Array, shown: Shown): boolean {
    const { suite } = this.#ports;
    const keys = deriveKeys(suite, kind, key, owner);
    const holds = equalBytes(shown.possession, possessionProof(suite, keys, shown.handle, shown.guess));
    wipeKeys(keys);
    return holds;
  }
}

/** What a device that holds a key of its own shows beside its guess. */
interface Shown {
  readonly possession: Uint8Array;
  readonly handle: Uint8Array;
  /** The share, or the proof, that it goes with. */
  readonly guess: Uint8Array;
}

/** Whose share of the open exchanges it takes: the owner's of the PN GW that relays, or an address. */
async function sourceOf(tables: ServerTables, origin: Origin): Promise<string> {
  if (origin.role === "gateway") return origin.source ?? "clear";
  const gateway = await tables.entities.get(hex(origin.gatewayID));
  return gateway === undefined ? hex(origin.gatewayID) : hex(gateway.owner);
}
