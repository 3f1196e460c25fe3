import { hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { compress, isScalar } from "../../crypto/curve.js";
import { CryptoError } from "../../crypto/errors.js";
import { checkUserID } from "../../crypto/password.js";
import { serverSignature, verifyProof } from "../../crypto/scram.js";
import {
  maximumPendingOfGateway,
  type PendingRegistration,
  type ServerTables,
  type UserRecord,
} from "../../database/tables.js";
import { ProcedureError } from "../../procedure/procedure.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { countAttempt, forgetAttempts } from "../enrolment/attempts.js";
import { delayAfter, registrationRule, registrationWindow } from "../enrolment/throttle.js";
import { unknownUserRecord } from "../enrolment/verifiers.js";
import {
  idpwdRegistrationChallenge,
  type idpwdRegistrationRequest,
  idpwdRegistrationResponse,
  type idpwdRegistrationVerifier,
} from "./messages.js";
import { type NewVerifier, registrationMessage } from "./transcript.js";

const pendingLifetime = 60_000;
const maximumPending = 4096;

/**
 * The Server's side of registration through a PN GW (REG-05, REG-06, REG-11). A name that is free becomes the asker's;
 * one that is taken changes its password for who proves the old one, and for nobody else. All three give the same
 * answer, octet for octet in length, after the same work: only who knew the old password can tell them apart.
 */
export class RegistrationServer {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /** The salt of a name never changes, so it does not tell whether somebody has registered it meanwhile. */
  async request(
    gateway: Uint8Array,
    message: Received<typeof idpwdRegistrationRequest>,
  ): Promise<Uint8Array> {
    const { random, clock, store } = this.#ports;
    const { userID } = message.body;
    checkUserID(userID);
    return store.transaction(async ({ pending, users }) => {
      await pending.expire(clock.now());
      const own = await pending.count(gateway);
      if (own >= maximumPendingOfGateway || (await pending.count()) >= maximumPending) {
        return encodeMessage(failure, message.exchange, { result: Result.busy });
      }
      const unknown = unknownUserRecord(this.#ports, userID);
      const { salt, iterations } = (await users.get(hex(userID))) ?? unknown;
      const handle = randomOctets(random, 16);
      const body = { salt, iterations, handle };
      const challenge = encodeMessage(idpwdRegistrationChallenge, message.exchange, body);
      await pending.put(hex(handle), {
        kind: "registration",
        expiresAt: Milliseconds(clock.now() + pendingLifetime),
        gatewayID: gateway,
        userID,
        request: message.octets,
        challenge,
        salt,
        iterations,
      });
      return challenge;
    });
  }

  /** Throws ProcedureError("protocol.verifier") for what no password leads to. */
  async verifier(
    gateway: Uint8Array,
    message: Received<typeof idpwdRegistrationVerifier>,
  ): Promise<Uint8Array> {
    const { random, clock, store, log } = this.#ports;
    const { body, exchange } = message;
    this.#check(body);
    return store.transaction(async (tables) => {
      const pending = await tables.pending.get(hex(body.handle));
      const own = pending?.kind === "registration" && hex(pending.gatewayID) === hex(gateway);
      if (!own || pending.expiresAt <= clock.now()) {
        return encodeMessage(failure, exchange, { result: Result.protocol });
      }
      await tables.pending.delete(hex(body.handle));
      if (!(await countRegistration(tables, gateway, clock.now()))) {
        log.event("register.throttled", { gateway: hex(gateway) });
        return encodeMessage(failure, exchange, { result: Result.busy });
      }
      const signature = await this.#take(tables, pending, body);
      const proof = signature ?? randomOctets(random, 32);
      return encodeMessage(idpwdRegistrationResponse, exchange, { result: Result.ok, proof });
    });
  }

  #check({ w0, l }: NewVerifier): void {
    try {
      // Decompressing is how every back end checks that a point is on the curve.
      const whole = l[0] === 4 && hex(this.#ports.suite.curve.decompress(compress(l))) === hex(l);
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
    body: Received<typeof idpwdRegistrationVerifier>["body"],
  ): Promise<Uint8Array | undefined> {
    const { suite, clock, serverID, log } = this.#ports;
    const { gatewayID, userID, request, challenge, salt, iterations } = pending;
    const name = hex(userID);
    const known = await tables.users.get(name);
    const old = known ?? unknownUserRecord(this.#ports, userID);
    // The proof is a guess of the old password: it counts like one made by a device.
    const guess = { role: "pne" as const, gatewayID, userID };
    const counted = await countAttempt(tables, guess, known !== undefined, clock.now());
    const authMessage = registrationMessage(gatewayID, serverID, request, challenge, body);
    const proven = verifyProof(suite, old.storedKey, authMessage, body.proof) && counted;
    const signature = serverSignature(suite, old.serverKey, authMessage);
    const { storedKey, serverKey, w0, l } = body;
    const wanted: UserRecord = { salt, iterations, storedKey, serverKey, w0, l };
    const changed = known !== undefined && proven;
    const taken = known === undefined || changed ? wanted : known;
    await tables.users.put(name, taken);
    if (changed) await forgetAttempts(tables, guess);
    const what = known === undefined ? "created" : changed ? "changed" : "refused";
    log.event(`register.${what}`, { user: name, gateway: hex(gatewayID) });
    return changed ? signature : undefined;
  }
}

/** False while a PN GW has registered too much of late; that has nothing to do with any name. */
async function countRegistration(
  { attempts }: ServerTables,
  gateway: Uint8Array,
  now: Milliseconds,
): Promise<boolean> {
  const key = `register/${hex(gateway)}`;
  const before = await attempts.get(key);
  if (before !== undefined && now < before.notBefore) return false;
  const recent = before !== undefined && now < before.notBefore + registrationWindow;
  const failures = (recent ? before.failures : 0) + 1;
  const notBefore = Milliseconds(now + delayAfter(failures, registrationRule));
  await attempts.put(key, { failures, notBefore });
  return true;
}
