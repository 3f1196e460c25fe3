import { CpnsError } from "../base/errors.js";
import { equalBytes, hex } from "../base/octets.js";
import { attempt } from "../base/outcome.js";
import type { Log } from "../base/ports.js";
import { relayedToServer, toServerPlain, toServerProtected } from "../catalogue/legs.js";
import { encodeMessage, peekMessage } from "../codec/message.js";
import { failure } from "../codec/replies.js";
import { Result } from "../codec/results.js";
import { DatabaseError } from "../database/errors.js";
import { enrolmentsOf } from "../database/pending.js";
import type { ServerTables } from "../database/store.js";
import type { Origin } from "../procedure/serverPorts.js";
import { AuthServer } from "../protocols/authentication/server.js";
import { RelayFlag, relayed } from "../protocols/data/messages.js";
import { RelayServer } from "../protocols/data/server.js";
import { EnrolServer } from "../protocols/enrolment/server.js";
import { GbaServer } from "../protocols/gba/server.js";
import { maximumBackhaulMessage } from "../protocols/network/messages.js";
import { PNServer } from "../protocols/network/server.js";
import { RegistrationServer } from "../protocols/registration/server.js";
import { RekeyServer } from "../protocols/rekey/server.js";
import { TemporaryKeyServer } from "../protocols/temporaryKey/server.js";
import type { ServerEntityPorts } from "./ports.js";
import type { Pushes } from "./pushes.js";
import type { Held } from "./sessions.js";

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
  readonly #rekey: RekeyServer;
  readonly #registration: RegistrationServer;
  readonly #temporary: TemporaryKeyServer;
  readonly #pushes: Pushes;

  constructor(ports: ServerEntityPorts, pushes: Pushes) {
    this.#ports = ports;
    this.#pushes = pushes;
    this.#enrol = new EnrolServer(ports);
    this.#auth = new AuthServer(ports);
    this.#pn = new PNServer(ports);
    this.#gba = new GbaServer(ports);
    this.#relay = new RelayServer(ports);
    this.#rekey = new RekeyServer(ports);
    this.#registration = new RegistrationServer(ports);
    this.#temporary = new TemporaryKeyServer(ports);
  }

  /** A PN GW that has no session yet: its own EUKey (EUK-GW-07) and authentication (GWA-04). Rejects with DatabaseError. */
  async plain(octets: Uint8Array, source?: string): Promise<Uint8Array> {
    const { store, log } = this.#ports;
    try {
      const message = toServerPlain.decode(octets);
      // It asks the BSF, which no transaction waits for.
      if (message.name === "EUKeyAssignmentRequest.gba") return await this.#gba.assign(message);
      return await store.transaction((tables) => this.#plain(tables, message, source));
    } catch (error) {
      return failed(error, octets, log);
    }
  }

  async #plain(
    tables: ServerTables,
    message: Exclude<
      ReturnType<typeof toServerPlain.decode>,
      { readonly name: "EUKeyAssignmentRequest.gba" }
    >,
    source: string | undefined,
  ): Promise<Uint8Array> {
    switch (message.name) {
      case "ConnectRequest":
        return this.#auth.connect(tables, message);
      case "AuthenticateResponse":
        return this.#auth.authenticate(tables, message);
      case "ResumeRequest":
        return this.#auth.resume(tables, message);
      case "EUKeyAssignmentRequest":
        return this.#enrol.request(tables, gatewayOrigin(message.body.entityID, source), message);
      case "EUKeyAssignmentRequest.share":
        return this.#enrol.share(tables, await pendingOrigin(tables, message.body.handle), message);
      case "EUKeyAssignmentRequest.proof":
        return this.#enrol.proof(tables, await pendingOrigin(tables, message.body.handle), message);
      case "EUKeyAssignmentRequest.confirm":
        return this.#enrol.confirm(
          tables,
          gatewayOrigin(message.body.entityID ?? new Uint8Array(0)),
          message,
        );
    }
  }

  /** What a PN GW says inside its session. Rejects with Undone, and with DatabaseError. */
  async inSession(tables: ServerTables, gateway: Uint8Array, octets: Uint8Array): Promise<Uint8Array | Held> {
    const decoded = attempt(() => toServerProtected.decode(octets, maximumBackhaulMessage));
    if ("error" in decoded) return failed(decoded.error, octets, tables.log);
    const message = decoded.value;
    if (message.name === "Relayed") {
      const { origin: entityID, message: inner, flags = 0 } = message.body;
      const assured = (flags & RelayFlag.assured) !== 0;
      const origin: Origin = { role: "pne", entityID, gatewayID: gateway, assured };
      const wrap = (answer: Uint8Array): Uint8Array =>
        encodeMessage(relayed, message.exchange, { origin: entityID, message: answer });
      const known = attempt(() => relayedToServer.decode(inner));
      if ("error" in known) return wrap(failed(known.error, inner, tables.log));
      return this.#whole(inner, wrap, () => this.#relayed(tables, origin, known.value));
    }
    if (message.name === "Poll") return this.#pushes.poll(tables, gateway, message);
    return this.#whole(
      octets,
      (answer) => answer,
      () => this.#protected(tables, gateway, message),
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
      throw new Undone(wrap(failed(error, octets, this.#ports.log)));
    }
    return wrap(answer);
  }

  #protected(
    tables: ServerTables,
    gateway: Uint8Array,
    message: Exclude<ReturnType<typeof toServerProtected.decode>, { readonly name: "Relayed" | "Poll" }>,
  ): Promise<Uint8Array> {
    switch (message.name) {
      case "PNRegistrationRequest":
        return this.#pn.register(tables, gateway, message);
      case "PNAuthenticationResponse":
        return this.#pn.authenticate(tables, gateway, message);
      case "PNUpdateRequest":
        return this.#pn.update(tables, gateway, message);
      case "IDPWDRegistrationRequest":
        return this.#registration.request(tables, gateway, message);
      case "IDPWDRegistrationRequest.verifier":
        return this.#registration.verifier(tables, gateway, message);
      case "TemporaryKeyRequest":
        return this.#temporary.release(tables, gateway, message);
    }
  }

  /** A PNE's message as it left the PNE (EUK-UI-13, EUK-UI-14). */
  async #relayed(
    tables: ServerTables,
    origin: Origin,
    message: ReturnType<typeof relayedToServer.decode>,
  ): Promise<Uint8Array> {
    switch (message.name) {
      case "EUKeyAssignmentRequest":
        if (!equalBytes(message.body.entityID, origin.entityID)) throw new CpnsError("relay.origin");
        return this.#enrol.request(tables, origin, message);
      case "EUKeyAssignmentRequest.share":
        return this.#enrol.share(tables, origin, message);
      case "EUKeyAssignmentRequest.proof":
        return this.#enrol.proof(tables, origin, message);
      case "EUKeyAssignmentRequest.confirm":
        return this.#enrol.confirm(tables, origin, message);
      case "EUKeyRotationRequest":
        return this.#temporary.rotate(tables, origin, message);
      case "ApplicationData":
        return this.#relay.data(tables, origin, message);
      case "RekeyRequest":
        return this.#rekey.rekey(tables, origin, message);
    }
  }
}

/** One answer to everything that cannot be read or does not belong; our own faults are logged as such. */
function failed(error: unknown, octets: Uint8Array, log: Log): Uint8Array {
  if (error instanceof DatabaseError) throw error;
  const known = error instanceof CpnsError;
  log.event(known ? "server.refused" : "server.fault", { error: known ? error.code : String(error) });
  return encodeMessage(failure, peekMessage(octets)?.exchange ?? 0, { result: Result.protocol });
}

const gatewayOrigin = (entityID: Uint8Array, source?: string): Origin => ({
  role: "gateway",
  entityID,
  gatewayID: entityID,
  ...(source !== undefined && { source }),
});

/** A proof in the clear names its exchange only: it counts as the PN GW's that asked in the clear. */
async function pendingOrigin(tables: ServerTables, handle: Uint8Array): Promise<Origin> {
  const pending = await enrolmentsOf(tables, "gateway").get(hex(handle));
  return gatewayOrigin(pending?.entityID ?? new Uint8Array(0));
}
