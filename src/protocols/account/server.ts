import { hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { encodeMessage, type MessageOf, messageSet, type Received } from "../../codec/message.js";
import { acknowledgement, failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { serverSignature, verifyProof } from "../../crypto/scram.js";
import { budgetsOf, giveBack, spend, type Way } from "../../database/budgets.js";
import { disown, release } from "../../database/ownership.js";
import { pushTo } from "../../database/pushes.js";
import { wantRenewal } from "../../database/renewal.js";
import type { UserRecord } from "../../database/rows/users.js";
import type { ServerTables } from "../../database/store.js";
import type { StoredServerPorts } from "../../procedure/serverPorts.js";
import { unknownUser, type Verifiable } from "../enrolment/verifiers.js";
import { idpwdRegistrationRequest, idpwdRegistrationVerifier } from "../registration/messages.js";
import { RegistrationServer } from "../registration/server.js";
import { shownDevices } from "./devices.js";
import { guestsOf, letIn } from "./guests.js";
import {
  accountDeleteRequest,
  accountDeviceRequest,
  accountDevicesRequest,
  accountGuestsChange,
  accountGuestsRequest,
  accountGuestsResponse,
  accountSignInRequest,
  accountSignInResponse,
  accountSignOutRequest,
  DeviceAction,
} from "./messages.js";
import { beginSession, endSession, userOf } from "./session.js";
import { type AccountPurpose, accountMessage } from "./transcript.js";

/** What a browser may say; all but the first three inside a session. */
const fromPage = messageSet(
  idpwdRegistrationRequest,
  idpwdRegistrationVerifier,
  accountSignInRequest,
  accountDevicesRequest,
  accountDeviceRequest,
  accountSignOutRequest,
  accountDeleteRequest,
  accountGuestsRequest,
  accountGuestsChange,
);
type FromPage = MessageOf<typeof fromPage>;
type Proof = Received<typeof accountSignInRequest | typeof accountDeleteRequest>;

/** Where a request of a page comes from. */
export interface PageOrigin {
  /** What stands for the PN GW in the transcript of a registration, 1 to 32 octets; told to the browser before. */
  readonly id: Uint8Array;
  /** Its address, as the host counts addresses. */
  readonly source: string;
  /** Of the session, 32 octets. */
  readonly token: Uint8Array | undefined;
  /** The Server takes no new Users by its page. */
  readonly closed?: boolean;
}

/** A User's own page at the Server (REG-03, REG-12): registers, signs in, shows and removes devices, lets guests in. */
export class AccountServer {
  readonly #ports: StoredServerPorts;
  readonly #registration: RegistrationServer;
  readonly #unknown: Verifiable;

  constructor(ports: StoredServerPorts) {
    this.#ports = ports;
    this.#registration = new RegistrationServer(ports);
    this.#unknown = unknownUser(ports);
  }

  /** One request of a page. Throws CodecError and ProcedureError for what is none, DatabaseError. */
  handle(octets: Uint8Array, origin: PageOrigin): Promise<Uint8Array> {
    const message = fromPage.decode(octets);
    return this.#ports.store.transaction((tables) => this.#answer(tables, message, origin));
  }

  async #answer(tables: ServerTables, message: FromPage, origin: PageOrigin): Promise<Uint8Array> {
    const way: Way = { by: "page", source: origin.source };
    const refuse = (result: Result): Uint8Array => encodeMessage(failure, message.exchange, { result });
    switch (message.name) {
      case "IDPWDRegistrationRequest":
        return this.#registration.request(tables, origin.id, message);
      case "AccountSignInRequest":
        return this.#signIn(tables, message, origin, way);
      case "IDPWDRegistrationRequest.verifier":
        if (origin.closed === true && origin.token === undefined) return refuse(Result.notAuthorized);
        return this.#registration.verifier(tables, origin.id, message, way);
    }
    const { token } = origin;
    const user = await userOf(this.#ports, tables, token);
    if (user === undefined || token === undefined) return refuse(Result.sessionExpired);
    const done = encodeMessage(acknowledgement, message.exchange, {});
    switch (message.name) {
      case "AccountDevicesRequest":
        return shownDevices(tables, user, message);
      case "AccountDeviceRequest":
        return (await this.#device(tables, user, message)) ? done : refuse(Result.noRoute);
      case "AccountSignOutRequest":
        await endSession(this.#ports, tables, token, message.body.everywhere);
        return done;
      case "AccountDeleteRequest":
        return (await this.#delete(tables, user, message, origin, way)) ? done : refuse(Result.refused);
      case "AccountGuestsRequest":
        return encodeMessage(accountGuestsResponse, message.exchange, await guestsOf(tables, user));
      case "AccountGuestsChange":
        await letIn(this.#ports, tables, user, message.body);
        return done;
    }
  }

  /** As long, and after the same work, whatever the User and the password. */
  async #signIn(tables: ServerTables, message: Proof, origin: PageOrigin, way: Way): Promise<Uint8Array> {
    const { random } = this.#ports;
    const proven = await this.#prove(tables, "sign in", message, origin, way);
    const token = proven && (await beginSession(this.#ports, tables, proven.user));
    if (proven !== undefined) await tables.note("account.signedIn", { user: hex(proven.user.userID) });
    return encodeMessage(accountSignInResponse, message.exchange, {
      result: Result.ok,
      proof: proven?.signature ?? randomOctets(random, 32),
      token: token ?? randomOctets(random, 32),
    });
  }

  async #delete(
    tables: ServerTables,
    user: UserRecord,
    message: Proof,
    origin: PageOrigin,
    way: Way,
  ): Promise<boolean> {
    const proven = await this.#prove(tables, "delete", message, origin, way);
    if (proven === undefined || hex(proven.user.identity) !== hex(user.identity)) return false;
    const name = hex(user.userID);
    await tables.users.delete(name);
    const devices = await disown(tables, user.identity, this.#ports.clock.now());
    await tables.note("account.deleted", { user: name, devices });
    return true;
  }

  /** Who has proven a password to an open challenge of this origin; paid for like every other guess. */
  async #prove(
    tables: ServerTables,
    purpose: AccountPurpose,
    { body }: Proof,
    { id }: PageOrigin,
    way: Way,
  ): Promise<{ readonly user: UserRecord; readonly signature: Uint8Array } | undefined> {
    const { suite, clock, serverID } = this.#ports;
    const name = hex(body.handle);
    const pending = await tables.registrations.get(name);
    const own = pending !== undefined && hex(pending.gatewayID) === hex(id) ? pending : undefined;
    if (own === undefined) return undefined;
    await tables.registrations.delete(name);
    const known = await tables.users.get(hex(own.userID));
    const paid = budgetsOf(known, way);
    const allowed = await spend(tables, paid, clock.now());
    const verifier = known ?? this.#unknown;
    const authMessage = accountMessage(purpose, serverID, own.request, own.challenge);
    const holds = verifyProof(suite, verifier.storedKey, authMessage, body.proof);
    const signature = serverSignature(suite, verifier.serverKey, authMessage);
    if (!holds || !allowed || known === undefined) return undefined;
    await giveBack(tables, paid, clock.now());
    return { user: known, signature };
  }

  async #device(
    tables: ServerTables,
    user: UserRecord,
    { body }: Received<typeof accountDeviceRequest>,
  ): Promise<boolean> {
    const { clock } = this.#ports;
    const entity = await tables.entities.get(hex(body.entityID));
    if (entity === undefined || hex(entity.owner) !== hex(user.identity)) return false;
    const fields = { user: hex(user.userID), entity: hex(body.entityID) };
    if (body.action === DeviceAction.remove) {
      await release(tables, body.entityID, clock.now());
      await tables.note("account.deviceRemoved", fields);
      return true;
    }
    if (body.action !== DeviceAction.rekey || entity.role !== "pne") return false;
    const push = await wantRenewal(tables, body.entityID);
    if (push === undefined) return false;
    await pushTo(tables, push, clock.now());
    await tables.note("account.deviceRekeyed", fields);
    return true;
  }
}
