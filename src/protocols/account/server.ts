import { hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { encodeMessage, type MessageOf, messageSet, type Received } from "../../codec/message.js";
import { acknowledgement, failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { serverSignature, verifyProof } from "../../crypto/scram.js";
import { forgetBrowsers, greetBrowser, knownBrowser, markLength } from "../../database/browsers.js";
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
  /** What the browser has kept of earlier visits, 32 octets each. */
  readonly marks?: readonly Uint8Array[];
  /** The Server takes no new Users by its page. */
  readonly closed?: boolean;
}

export interface PageAnswer {
  readonly answer: Uint8Array;
  /** What the browser is to keep from now on; the same whether a User has signed in or not, to who sees lengths. */
  readonly marks?: readonly Uint8Array[];
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
  handle(octets: Uint8Array, origin: PageOrigin): Promise<PageAnswer> {
    const message = fromPage.decode(octets);
    return this.#ports.store.transaction(async (tables) => {
      if (message.name === "AccountSignInRequest") return this.#signIn(tables, message, origin);
      return { answer: await this.#answer(tables, message, origin) };
    });
  }

  /** A browser that the User has signed in by has guesses that nobody else spends. */
  async #way(
    tables: ServerTables,
    { source, marks = [] }: PageOrigin,
    user: UserRecord | undefined,
  ): Promise<Way> {
    const whose = user?.identity ?? new Uint8Array(16);
    const browser = await knownBrowser(this.#ports, tables, marks, whose);
    return browser === undefined ? { by: "page", source } : { by: "browser", browser };
  }

  async #answer(
    tables: ServerTables,
    message: Exclude<FromPage, Received<typeof accountSignInRequest>>,
    origin: PageOrigin,
  ): Promise<Uint8Array> {
    const refuse = (result: Result): Uint8Array => encodeMessage(failure, message.exchange, { result });
    switch (message.name) {
      case "IDPWDRegistrationRequest":
        return this.#registration.request(tables, origin.id, message);
      case "IDPWDRegistrationRequest.verifier":
        if (origin.closed === true && origin.token === undefined) return refuse(Result.notAuthorized);
        return this.#registration.verifier(tables, origin.id, message, (user) =>
          this.#way(tables, origin, user),
        );
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
        if (message.body.everywhere) await forgetBrowsers(tables, user.identity);
        return done;
      case "AccountDeleteRequest":
        return (await this.#delete(tables, user, message, origin)) ? done : refuse(Result.refused);
      case "AccountGuestsRequest":
        return encodeMessage(accountGuestsResponse, message.exchange, await guestsOf(tables, user));
      case "AccountGuestsChange":
        await letIn(this.#ports, tables, user, message.body);
        return done;
    }
  }

  /** As long, and after the same work, whatever the User and the password. */
  async #signIn(tables: ServerTables, message: Proof, origin: PageOrigin): Promise<PageAnswer> {
    const { random } = this.#ports;
    const { marks = [] } = origin;
    const proven = await this.#prove(tables, "sign in", message, origin);
    const token = proven && (await beginSession(this.#ports, tables, proven.user));
    const kept = proven && (await greetBrowser(this.#ports, tables, marks, proven.user.identity));
    if (proven !== undefined) await tables.note("account.signedIn", { user: hex(proven.user.userID) });
    const answer = encodeMessage(accountSignInResponse, message.exchange, {
      result: Result.ok,
      proof: proven?.signature ?? randomOctets(random, 32),
      token: token ?? randomOctets(random, 32),
    });
    const noted = marks.length > 0 ? marks : [randomOctets(random, markLength)];
    return { answer, marks: kept ?? noted };
  }

  async #delete(
    tables: ServerTables,
    user: UserRecord,
    message: Proof,
    origin: PageOrigin,
  ): Promise<boolean> {
    const proven = await this.#prove(tables, "delete", message, origin);
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
    origin: PageOrigin,
  ): Promise<{ readonly user: UserRecord; readonly signature: Uint8Array } | undefined> {
    const { suite, clock, serverID } = this.#ports;
    const name = hex(body.handle);
    const pending = await tables.registrations.get(name);
    const own = pending !== undefined && hex(pending.gatewayID) === hex(origin.id) ? pending : undefined;
    if (own === undefined) return undefined;
    await tables.registrations.delete(name);
    const known = await tables.users.get(hex(own.userID));
    const paid = budgetsOf(known, await this.#way(tables, origin, known));
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
