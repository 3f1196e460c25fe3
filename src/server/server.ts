import { CpnsError } from "../base/errors.js";
import { equalBytes, hex } from "../base/octets.js";
import { relayedToServer, toServerPlain, toServerProtected } from "../catalogue/legs.js";
import { encodeMessage, peekMessage } from "../codec/message.js";
import { failure } from "../codec/replies.js";
import { Result } from "../codec/results.js";
import { recordKeys, withWipedKeys } from "../crypto/keys.js";
import { Secret } from "../crypto/secret.js";
import type { GatewaySession } from "../database/tables.js";
import { LinkError } from "../link/errors.js";
import { defaultLimits, openRecord, parseRecord, sealRecord } from "../link/record.js";
import type { Origin } from "../procedure/serverPorts.js";
import { AuthServer, sessionHolds } from "../protocols/authentication/server.js";
import { relayed } from "../protocols/data/messages.js";
import { RelayServer } from "../protocols/data/server.js";
import { EnrolServer } from "../protocols/enrolment/server.js";
import { GbaServer } from "../protocols/gba/server.js";
import { maximumBackhaulMessage } from "../protocols/network/messages.js";
import { PNServer } from "../protocols/network/server.js";
import { UserAdministration } from "../protocols/registration/admin.js";
import { RegistrationServer } from "../protocols/registration/server.js";
import { TemporaryKeyServer } from "../protocols/temporaryKey/server.js";
import { type ImportedDevice, importDevices } from "./devices.js";
import type { ServerEntityPorts } from "./ports.js";

/**
 * The CPNS Server: one request in, one answer out, nothing kept between them but in its database. Wires the
 * procedures to the ports and owns no detail of theirs.
 */
export class Server {
  readonly #ports: ServerEntityPorts;
  readonly #enrol: EnrolServer;
  readonly #auth: AuthServer;
  readonly #pn: PNServer;
  readonly #gba: GbaServer;
  readonly #relay: RelayServer;
  readonly #registration: RegistrationServer;
  readonly #users: UserAdministration;
  readonly #temporary: TemporaryKeyServer;

  constructor(ports: ServerEntityPorts) {
    this.#ports = ports;
    this.#enrol = new EnrolServer(ports);
    this.#auth = new AuthServer(ports);
    this.#pn = new PNServer(ports);
    this.#gba = new GbaServer(ports);
    this.#relay = new RelayServer(ports);
    this.#registration = new RegistrationServer(ports);
    this.#users = new UserAdministration(ports);
    this.#temporary = new TemporaryKeyServer(ports);
  }

  /**
   * Registers a User by the Server's own interface (REG-03, REG-12). The password is the caller's. Throws
   * CredentialError, and CpnsError("user.known") when the name is taken.
   */
  registerUser(userID: Uint8Array, password: Uint8Array): Promise<void> {
    return this.#users.register(userID, password);
  }

  /** For a User who has forgotten the old one; EUKeys stay. Throws CredentialError, CpnsError("user.unknown"). */
  changePassword(userID: Uint8Array, password: Uint8Array): Promise<void> {
    return this.#users.changePassword(userID, password);
  }

  /** Removes a User with all devices: their keys and sessions end. Throws CpnsError("user.unknown"). */
  removeUser(userID: Uint8Array): Promise<void> {
    return this.#users.remove(userID);
  }

  /** Makes a device nobody's, so that another User may have it (C-12). Throws CpnsError("device.unknown"). */
  releaseDevice(entityID: Uint8Array): Promise<void> {
    return this.#users.releaseDevice(entityID);
  }

  /** What the factory has made (SEC-06), all of it or nothing: returns how many were new. Throws as `importDevices`. */
  importDevices(devices: readonly ImportedDevice[]): Promise<number> {
    return importDevices(this.#ports, devices);
  }

  /** Answers one request; never rejects, whatever the octets. */
  async handle(request: Uint8Array): Promise<Uint8Array> {
    try {
      const parsed = parseRecord(request);
      return parsed?.sid === undefined
        ? await this.#plain(request)
        : await this.#protected(request, parsed.sid);
    } catch (error) {
      return this.#malformed(error, request);
    }
  }

  /** A PN GW that has no session yet: its own EUKey (EUK-GW-07) and authentication (GWA-04). */
  async #plain(request: Uint8Array): Promise<Uint8Array> {
    const message = toServerPlain.decode(request);
    switch (message.name) {
      case "EUKeyAssignmentRequest.gba":
        return this.#gba.assign(message);
      case "ConnectRequest":
        return this.#auth.connect(message);
      case "AuthenticateResponse":
        return this.#auth.authenticate(message);
      case "ResumeRequest":
        return this.#auth.resume(message);
      case "EUKeyAssignmentRequest":
        return this.#enrol.request(gatewayOrigin(message.body.entityID), message);
      case "EUKeyAssignmentRequest.share":
        return this.#enrol.share(await this.#pendingOrigin(message.body.handle), message);
      case "EUKeyAssignmentRequest.proof":
        return this.#enrol.proof(await this.#pendingOrigin(message.body.handle), message);
      case "EUKeyAssignmentRequest.confirm":
        return this.#enrol.confirm(gatewayOrigin(message.body.entityID ?? new Uint8Array(0)), message);
    }
  }

  /** A proof in the clear names its exchange only: it counts as the PN GW's that asked in the clear. */
  async #pendingOrigin(handle: Uint8Array): Promise<Origin> {
    const pending = await this.#ports.store.transaction((tables) => tables.pendingClear.get(hex(handle)));
    const known = pending?.kind === "enrolment" && pending.role === "gateway";
    return gatewayOrigin(known ? pending.entityID : new Uint8Array(0));
  }

  async #protected(request: Uint8Array, sid: Uint8Array): Promise<Uint8Array> {
    const opened = await this.#open(request, hex(sid));
    // Unknown, over, or a record that does not open: it was not acted upon, and the PN GW may authenticate and repeat it.
    if (opened === undefined) return encodeMessage(failure, 0, { result: Result.sessionExpired });
    const answer = await this.#dispatch(opened.gateway, opened.plaintext);
    return this.#seal(answer, sid);
  }

  /** Undefined instead of a LinkError. */
  async #open(
    request: Uint8Array,
    sid: string,
  ): Promise<{ readonly gateway: Uint8Array; readonly plaintext: Uint8Array } | undefined> {
    try {
      return await this.#openAndCount(request, sid);
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      this.#ports.log.event("server.refused", { error: error.code });
      return undefined;
    }
  }

  /** Opens the record and counts it, durable, before anything is done because of it. */
  async #openAndCount(
    request: Uint8Array,
    sid: string,
  ): Promise<{ readonly gateway: Uint8Array; readonly plaintext: Uint8Array } | undefined> {
    const { suite, clock, store } = this.#ports;
    const { records } = this.#ports.limits ?? defaultLimits;
    return store.transaction(async (tables) => {
      await tables.gatewaySessions.expire(clock.now());
      const session = await tables.gatewaySessions.get(sid);
      if (session === undefined) return undefined;
      const entity = await tables.entities.get(hex(session.entityID));
      if (!sessionHolds(session, entity, clock.now()) || session.next > records) return undefined;
      const keys = this.#recordKeys(session);
      const opened = withWipedKeys(keys, () =>
        openRecord(suite, keys.initiatorToResponder, session.received, request),
      );
      const { plaintext, counter } = opened;
      if (counter > records) return undefined;
      await tables.gatewaySessions.put(sid, { ...session, received: counter });
      return { gateway: session.entityID, plaintext };
    });
  }

  async #seal(answer: Uint8Array, sid: Uint8Array): Promise<Uint8Array> {
    const { suite, store } = this.#ports;
    return store.transaction(async (tables) => {
      const session = await tables.gatewaySessions.get(hex(sid));
      // Ended while the request was worked on. It must not be repeated, so this is not `sessionExpired`.
      if (session === undefined) return encodeMessage(failure, 0, { result: Result.busy });
      await tables.gatewaySessions.put(hex(sid), { ...session, next: session.next + 1 });
      const keys = this.#recordKeys(session);
      return withWipedKeys(keys, () =>
        sealRecord(suite, keys.responderToInitiator, session.next, answer, sid),
      );
    });
  }

  #recordKeys(session: GatewaySession): ReturnType<typeof recordKeys> {
    const sk = new Secret(session.sk.slice());
    const keys = recordKeys(this.#ports.suite, sk);
    sk.wipe();
    return keys;
  }

  async #dispatch(gateway: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array> {
    try {
      const message = toServerProtected.decode(plaintext, maximumBackhaulMessage);
      switch (message.name) {
        case "PNRegistrationRequest":
          return await this.#pn.register(gateway, message);
        case "PNAuthenticationResponse":
          return await this.#pn.authenticate(gateway, message);
        case "PNUpdateRequest":
          return await this.#pn.update(gateway, message);
        case "IDPWDRegistrationRequest":
          return await this.#registration.request(gateway, message);
        case "IDPWDRegistrationRequest.verifier":
          return await this.#registration.verifier(gateway, message);
        case "TemporaryKeyRequest":
          return await this.#temporary.release(gateway, message);
        case "Relayed": {
          const origin: Origin = { role: "pne", entityID: message.body.origin, gatewayID: gateway };
          const answer = await this.#relayed(origin, message.body.message);
          return encodeMessage(relayed, message.exchange, { origin: origin.entityID, message: answer });
        }
      }
    } catch (error) {
      return this.#malformed(error, plaintext);
    }
  }

  /** A PNE's message as it left the PNE (EUK-UI-13, EUK-UI-14). */
  async #relayed(origin: Origin, octets: Uint8Array): Promise<Uint8Array> {
    try {
      const message = relayedToServer.decode(octets);
      switch (message.name) {
        case "EUKeyAssignmentRequest":
          if (!equalBytes(message.body.entityID, origin.entityID)) break;
          return await this.#enrol.request(origin, message);
        case "EUKeyAssignmentRequest.share":
          return await this.#enrol.share(origin, message);
        case "EUKeyAssignmentRequest.proof":
          return await this.#enrol.proof(origin, message);
        case "EUKeyAssignmentRequest.confirm":
          return await this.#enrol.confirm(origin, message);
        case "EUKeyRotationRequest":
          return await this.#temporary.rotate(origin, message);
        case "ApplicationData":
          return await this.#relay.data(origin, message);
        case "RekeyRequest":
          return await this.#relay.rekey(origin, message);
      }
    } catch (error) {
      return this.#malformed(error, octets);
    }
    return this.#malformed(new CpnsError("relay.origin"), octets);
  }

  /** One answer to everything that cannot be read or does not belong; our own faults are logged as such. */
  #malformed(error: unknown, octets: Uint8Array): Uint8Array {
    const known = error instanceof CpnsError;
    this.#ports.log.event(known ? "server.refused" : "server.fault", {
      error: known ? error.code : String(error),
    });
    return encodeMessage(failure, peekMessage(octets)?.exchange ?? 0, { result: Result.protocol });
  }
}

const gatewayOrigin = (entityID: Uint8Array): Origin => ({
  role: "gateway",
  entityID,
  gatewayID: entityID,
});
