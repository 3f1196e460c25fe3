import { equalBytes, hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds, toSeconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { compress, isScalar } from "../../crypto/curve.js";
import { CryptoError } from "../../crypto/errors.js";
import { checkUserID } from "../../crypto/password.js";
import { serverSignature, verifyProof } from "../../crypto/scram.js";
import { forgetBrowsers } from "../../database/browsers.js";
import { budgetsOf, giveBack, registering, spend, type Way } from "../../database/budgets.js";
import { exchangeLifetime, type PendingRegistration } from "../../database/rows/exchanges.js";
import type { UserRecord } from "../../database/rows/users.js";
import type { ServerTables } from "../../database/store.js";
import { ProcedureError } from "../../procedure/procedure.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import {
  unknownUser,
  userSalt,
  type Verifiable,
  type Verifier,
  verifiable,
  verifierIterations,
} from "../enrolment/verifiers.js";
import {
  idpwdRegistrationChallenge,
  type idpwdRegistrationRequest,
  idpwdRegistrationResponse,
  type idpwdRegistrationVerifier,
} from "./messages.js";
import { type NewVerifier, registrationMessage } from "./transcript.js";

/** Registrations that the PN GWs of one owner may have open; the oldest gives way. */
const maximumOpen = 32;

type Body = Received<typeof idpwdRegistrationVerifier>["body"];

/**
 * The Server's side of registration through a PN GW (REG-05, REG-06, REG-11). A name that is free becomes the asker's;
 * one that is taken changes its password for who proves the old one, and for nobody else. All three give the same
 * answer, octet for octet in length, after the same work: only who knew the old password can tell them apart.
 */
export class RegistrationServer {
  readonly #ports: ServerPorts;
  readonly #unknown: Verifiable;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
    this.#unknown = unknownUser(ports);
  }

  /** The salt of a name never changes, so it does not tell whether somebody has registered it meanwhile. */
  async request(
    tables: ServerTables,
    gateway: Uint8Array,
    message: Received<typeof idpwdRegistrationRequest>,
  ): Promise<Uint8Array> {
    const { random, clock } = this.#ports;
    const { userID } = message.body;
    checkUserID(userID);
    const source = await ownerOf(tables, gateway);
    const { registrations } = tables;
    if ((await registrations.count("source", source)) >= maximumOpen) {
      await registrations.dropOldest("source", source);
    }
    const none = { salt: userSalt(this.#ports, userID), iterations: verifierIterations };
    const { salt, iterations } = (await tables.users.get(hex(userID))) ?? none;
    const handle = randomOctets(random, 16);
    const body = { salt, iterations, handle };
    const challenge = encodeMessage(idpwdRegistrationChallenge, message.exchange, body);
    await registrations.put(hex(handle), {
      gatewayID: gateway,
      userID,
      request: message.octets,
      challenge,
      salt,
      iterations,
      source,
      endsAt: Milliseconds(clock.now() + exchangeLifetime),
    });
    return challenge;
  }

  /** `way`: of the Server's own page, in place of a PN GW's. Throws ProcedureError("protocol.verifier") for what no password leads to. */
  async verifier(
    tables: ServerTables,
    gateway: Uint8Array,
    message: Received<typeof idpwdRegistrationVerifier>,
    way?: WayOf,
  ): Promise<Uint8Array> {
    const { random, clock } = this.#ports;
    const { body, exchange } = message;
    this.#check(body);
    const handle = hex(body.handle);
    const pending = await tables.registrations.get(handle);
    if (pending === undefined || !equalBytes(pending.gatewayID, gateway)) {
      return encodeMessage(failure, exchange, { result: Result.protocol });
    }
    await tables.registrations.delete(handle);
    const quota = [{ name: `registering/${pending.source}`, ...registering }];
    if (!(await spend(tables, quota, clock.now()))) {
      tables.log.event("register.throttled", { gateway: hex(gateway) });
      return encodeMessage(failure, exchange, { result: Result.busy });
    }
    const signature = await this.#take(tables, pending, body, way);
    const proof = signature ?? randomOctets(random, 32);
    return encodeMessage(idpwdRegistrationResponse, exchange, { result: Result.ok, proof });
  }

  #check({ w0, l }: NewVerifier): void {
    try {
      // Decompressing is how every back end checks that a point is on the curve.
      const whole = hex(this.#ports.suite.curve.decompress(compress(l))) === hex(l);
      if (whole && isScalar(w0)) return;
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
    }
    throw new ProcedureError("protocol.verifier");
  }

  /** The Server's signature when the old password was proven. Every step is done for every name. */
  async #take(
    tables: ServerTables,
    pending: PendingRegistration,
    body: Body,
    way: WayOf | undefined,
  ): Promise<Uint8Array | undefined> {
    const { suite, clock, serverID } = this.#ports;
    const { gatewayID, userID, request, challenge, salt, iterations } = pending;
    const known = await tables.users.get(hex(userID));
    const old = known ?? this.#unknown;
    // The proof is a guess of the old password: it is paid for like one made by a device.
    const paid = budgetsOf(known, await (way?.(known) ?? this.#way(tables, gatewayID, known)));
    const counted = await spend(tables, paid, clock.now());
    const authMessage = registrationMessage(gatewayID, serverID, request, challenge, body);
    const proven = verifyProof(suite, old.storedKey, authMessage, body.proof) && counted;
    const signature = serverSignature(suite, old.serverKey, authMessage);
    const { storedKey, serverKey, w0, l } = body;
    const wanted = this.#user(userID, { salt, iterations, storedKey, serverKey, w0, l }, known);
    const changed = known !== undefined && proven;
    await tables.users.put(hex(userID), known === undefined || changed ? wanted : known);
    if (changed) {
      await giveBack(tables, paid, clock.now());
      await forgetBrowsers(tables, known.identity);
    }
    const what = known === undefined ? "created" : changed ? "changed" : "refused";
    await tables.note(`register.${what}`, { user: hex(userID), gateway: hex(gatewayID) });
    return changed ? signature : undefined;
  }

  #user(userID: Uint8Array, verifier: Verifier, known: UserRecord | undefined): UserRecord {
    const { suite, random, clock } = this.#ports;
    const { identity, createdAt } = known ?? {
      identity: randomOctets(random, 16),
      createdAt: toSeconds(clock.now()),
    };
    return { identity, userID, createdAt, ...verifiable(suite, verifier) };
  }

  async #way(tables: ServerTables, gatewayID: Uint8Array, user: UserRecord | undefined): Promise<Way> {
    const gateway = await tables.entities.get(hex(gatewayID));
    const own = user !== undefined && gateway !== undefined && equalBytes(gateway.owner, user.identity);
    return own ? { by: "own" } : { by: "foreign", gatewayOwner: gateway?.owner };
  }
}

/** By which way a guess at this User comes. */
export type WayOf = (user: UserRecord | undefined) => Promise<Way>;

/** By whom the room of open registrations is counted. */
async function ownerOf(tables: ServerTables, gateway: Uint8Array): Promise<string> {
  const entity = await tables.entities.get(hex(gateway));
  return entity === undefined ? hex(gateway) : hex(entity.owner);
}
