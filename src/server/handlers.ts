import { CpnsError } from "../base/errors.js";
import { equalBytes, hex } from "../base/octets.js";
import { attempt } from "../base/outcome.js";
import { relayedToServer, toServerPlain, toServerProtected } from "../catalogue/legs.js";
import { encodeMessage, peekMessage } from "../codec/message.js";
import { failure } from "../codec/replies.js";
import { Result } from "../codec/results.js";
import { DatabaseError } from "../database/errors.js";
import type { Origin } from "../procedure/serverPorts.js";
import { AuthServer } from "../protocols/authentication/server.js";
import { relayed } from "../protocols/data/messages.js";
import { RelayServer } from "../protocols/data/server.js";
import { EnrolServer } from "../protocols/enrolment/server.js";
import { GbaServer } from "../protocols/gba/server.js";
import { maximumBackhaulMessage } from "../protocols/network/messages.js";
import { PNServer } from "../protocols/network/server.js";
import { RegistrationServer } from "../protocols/registration/server.js";
import { TemporaryKeyServer } from "../protocols/temporaryKey/server.js";
import type { ServerEntityPorts } from "./ports.js";

/** A procedure has failed in the middle: what it wrote is not to stay, and this is the answer. */
export class Undone extends Error {
  readonly answer: Uint8Array;

  constructor(answer: Uint8Array) {
    super("undone");
    this.answer = answer;
  }
}

/** Gives each message to the procedure that it belongs to. */
export class Handlers {
  readonly #ports: ServerEntityPorts;
  readonly #enrol: EnrolServer;
  readonly #auth: AuthServer;
  readonly #pn: PNServer;
  readonly #gba: GbaServer;
  readonly #relay: RelayServer;
  readonly #registration: RegistrationServer;
  readonly #temporary: TemporaryKeyServer;

  constructor(ports: ServerEntityPorts) {
    this.#ports = ports;
    this.#enrol = new EnrolServer(ports);
    this.#auth = new AuthServer(ports);
    this.#pn = new PNServer(ports);
    this.#gba = new GbaServer(ports);
    this.#relay = new RelayServer(ports);
    this.#registration = new RegistrationServer(ports);
    this.#temporary = new TemporaryKeyServer(ports);
  }

  /** A PN GW that has no session yet: its own EUKey (EUK-GW-07) and authentication (GWA-04). Rejects with DatabaseError. */
  async plain(octets: Uint8Array): Promise<Uint8Array> {
    try {
      return await this.#plain(octets);
    } catch (error) {
      return this.#failed(error, octets);
    }
  }

  #plain(octets: Uint8Array): Promise<Uint8Array> | Uint8Array {
    const message = toServerPlain.decode(octets);
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
        return this.#pendingOrigin(message.body.handle).then((origin) => this.#enrol.share(origin, message));
      case "EUKeyAssignmentRequest.proof":
        return this.#pendingOrigin(message.body.handle).then((origin) => this.#enrol.proof(origin, message));
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

  /** What a PN GW says inside its session. Rejects with Undone, and with DatabaseError. */
  async inSession(gateway: Uint8Array, octets: Uint8Array): Promise<Uint8Array> {
    const decoded = attempt(() => toServerProtected.decode(octets, maximumBackhaulMessage));
    if ("error" in decoded) return this.#failed(decoded.error, octets);
    const message = decoded.value;
    if (message.name === "Relayed") {
      const { origin: entityID, message: inner } = message.body;
      const origin: Origin = { role: "pne", entityID, gatewayID: gateway };
      const wrap = (answer: Uint8Array): Uint8Array =>
        encodeMessage(relayed, message.exchange, { origin: entityID, message: answer });
      const known = attempt(() => relayedToServer.decode(inner));
      if ("error" in known) return wrap(this.#failed(known.error, inner));
      return this.#whole(inner, wrap, () => this.#relayed(origin, known.value));
    }
    return this.#whole(
      octets,
      (answer) => answer,
      () => this.#protected(gateway, message),
    );
  }

  /** Rejects with Undone for what fails in the middle. */
  async #whole(
    octets: Uint8Array,
    wrap: (answer: Uint8Array) => Uint8Array,
    work: () => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    let answer: Uint8Array;
    try {
      answer = await work();
    } catch (error) {
      throw new Undone(wrap(this.#failed(error, octets)));
    }
    return wrap(answer);
  }

  #protected(
    gateway: Uint8Array,
    message: Exclude<ReturnType<typeof toServerProtected.decode>, { readonly name: "Relayed" }>,
  ): Promise<Uint8Array> {
    switch (message.name) {
      case "PNRegistrationRequest":
        return this.#pn.register(gateway, message);
      case "PNAuthenticationResponse":
        return this.#pn.authenticate(gateway, message);
      case "PNUpdateRequest":
        return this.#pn.update(gateway, message);
      case "IDPWDRegistrationRequest":
        return this.#registration.request(gateway, message);
      case "IDPWDRegistrationRequest.verifier":
        return this.#registration.verifier(gateway, message);
      case "TemporaryKeyRequest":
        return this.#temporary.release(gateway, message);
    }
  }

  /** A PNE's message as it left the PNE (EUK-UI-13, EUK-UI-14). */
  async #relayed(origin: Origin, message: ReturnType<typeof relayedToServer.decode>): Promise<Uint8Array> {
    switch (message.name) {
      case "EUKeyAssignmentRequest":
        if (!equalBytes(message.body.entityID, origin.entityID)) throw new CpnsError("relay.origin");
        return this.#enrol.request(origin, message);
      case "EUKeyAssignmentRequest.share":
        return this.#enrol.share(origin, message);
      case "EUKeyAssignmentRequest.proof":
        return this.#enrol.proof(origin, message);
      case "EUKeyAssignmentRequest.confirm":
        return this.#enrol.confirm(origin, message);
      case "EUKeyRotationRequest":
        return this.#temporary.rotate(origin, message);
      case "ApplicationData":
        return this.#relay.data(origin, message);
      case "RekeyRequest":
        return this.#relay.rekey(origin, message);
    }
  }

  /** One answer to everything that cannot be read or does not belong; our own faults are logged as such. */
  #failed(error: unknown, octets: Uint8Array): Uint8Array {
    if (error instanceof DatabaseError) throw error;
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
