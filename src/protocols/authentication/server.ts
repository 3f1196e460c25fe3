import { ascii, equalBytes, hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds, toMilliseconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { answerShare } from "../../crypto/ephemeral.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys.js";
import { resumptionSecret, ticketID } from "../../crypto/resumption.js";
import { Secret } from "../../crypto/secret.js";
import {
  type EntityRecord,
  type PendingHandshakeRecord,
  type ServerTables,
  type TicketRecord,
  validKey,
} from "../../database/tables.js";
import { defaultLimits } from "../../link/record.js";
import { emptyWindow } from "../../link/window.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import type { DirectSession } from "./initiator.js";
import type { authenticateResponse, connectRequest } from "./messages.js";
import { type Accepted, accept, respond } from "./responder.js";
import { maximumResumptions, requestedTicket, resume } from "./resumption.js";
import type { resumeRequest } from "./resumptionMessages.js";

const pendingLifetime = 20_000;
const maximumPending = 4096;

/** The Server's side of PN GW authentication (GWA-06, GWA-07, GWA-10 … GWA-12); its state is in the database. */
export class AuthServer {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /** ConnectRequest → AuthenticateRequest, the same for known and unknown entities. */
  async connect(message: Received<typeof connectRequest>): Promise<Uint8Array> {
    const { suite, random, clock, store } = this.#ports;
    const handle = randomOctets(random, 16);
    const { entityID } = message.body;
    const handshake = respond(message, randomOctets(random, 32), handle, (share) =>
      answerShare(suite, random, share),
    );
    return store.transaction(async (tables) => {
      await tables.pendingClear.expire(clock.now());
      await tables.tickets.expire(clock.now());
      if ((await tables.pendingClear.count()) >= maximumPending) {
        return encodeMessage(failure, message.exchange, { result: Result.busy });
      }
      const expiresAt = Milliseconds(clock.now() + pendingLifetime);
      await tables.pendingClear.put(hex(handle), { kind: "handshake", expiresAt, entityID, ...handshake });
      return handshake.authenticateRequest;
    });
  }

  /** AuthenticateResponse → ConnectResponse with a session, or Failure; a handshake is tried once. */
  async authenticate(message: Received<typeof authenticateResponse>): Promise<Uint8Array> {
    const { clock, store, log } = this.#ports;
    const { handle } = message.body;
    const refused = encodeMessage(failure, message.exchange, { result: Result.refused });
    if (handle === undefined) return refused;
    return store.transaction(async (tables) => {
      const pending = await tables.pendingClear.get(hex(handle));
      if (pending?.kind !== "handshake") return refused;
      await tables.pendingClear.delete(hex(handle));
      const name = hex(pending.entityID);
      const entity = await tables.entities.get(name);
      const accepted = pending.expiresAt > clock.now() ? this.#accept(entity, pending, message) : undefined;
      if (accepted === undefined || entity?.committed === undefined) {
        log.event("auth.refused", { entity: name });
        return refused;
      }
      const { lifetime } = this.#ports.limits ?? defaultLimits;
      const expiresAt = Milliseconds(clock.now() + toMilliseconds(lifetime));
      const { entityID } = pending;
      const keyID = entity.committed.id;
      await this.#open(tables, entity, accepted, { entityID, keyID, expiresAt, left: maximumResumptions });
      log.event("auth.session", { entity: name, sid: hex(accepted.sid) });
      return accepted.connectResponse;
    });
  }

  /**
   * ResumeRequest → ResumeResponse with a new session in place of the old one, in one round trip. The ticket is gone,
   * durable, before the answer leaves; a session whose time is over, or whose EUKey was replaced, is not resumed.
   */
  async resume(message: Received<typeof resumeRequest>): Promise<Uint8Array> {
    const { suite, random, clock, store, log } = this.#ports;
    const id = hex(requestedTicket(message));
    const refused = encodeMessage(failure, message.exchange, { result: Result.sessionExpired });
    return store.transaction(async (tables) => {
      await tables.tickets.expire(clock.now());
      const ticket = await tables.tickets.get(id);
      if (ticket === undefined) return refused;
      const entity = await tables.entities.get(hex(ticket.entityID));
      if (entity === undefined || !sessionHolds(ticket, entity, clock.now())) return refused;
      const secret = new Secret(ticket.secret.slice());
      const resumed = resume(suite, random, secret, message);
      secret.wipe();
      if (resumed === undefined) return refused;
      await tables.tickets.delete(id);
      const { entityID, keyID, expiresAt } = ticket;
      await this.#open(tables, entity, resumed, { entityID, keyID, expiresAt, left: ticket.left - 1 });
      log.event("auth.resumed", { entity: hex(entityID), sid: hex(resumed.sid) });
      return resumed.response;
    });
  }

  /** Puts the session in place of the entity's older one, and the ticket of the new one in place of the older's. */
  async #open(
    tables: ServerTables,
    entity: EntityRecord,
    { sk, sid }: DirectSession,
    session: Omit<TicketRecord, "secret">,
  ): Promise<void> {
    const { suite } = this.#ports;
    const { entityID, keyID, expiresAt, left } = session;
    if (entity.sid !== undefined) {
      const older = await tables.gatewaySessions.get(entity.sid);
      if (older?.ticket !== undefined) await tables.tickets.delete(older.ticket);
      await tables.gatewaySessions.delete(entity.sid);
    }
    await tables.entities.put(hex(entityID), { ...entity, sid: hex(sid) });
    const { received, bits: window } = emptyWindow;
    const fresh = { entityID, keyID, sk: sk.octets.slice(), received, window, expiresAt };
    if (left === 0) await tables.gatewaySessions.put(hex(sid), fresh);
    else {
      const secret = resumptionSecret(suite, sk);
      const ticket = hex(ticketID(suite, secret));
      await tables.tickets.put(ticket, { ...session, secret: secret.octets.slice() });
      secret.wipe();
      await tables.gatewaySessions.put(hex(sid), { ...fresh, ticket });
    }
    sk.wipe();
  }

  /** Does the same work for an entity without a key, whose HASH cannot hold. */
  #accept(
    entity: EntityRecord | undefined,
    pending: PendingHandshakeRecord,
    message: Received<typeof authenticateResponse>,
  ): Accepted | undefined {
    const { suite, secrets } = this.#ports;
    const known = entity?.role === "gateway" ? validKey(entity, this.#ports.clock.now())?.key : undefined;
    const unknown = suite.hmac(secrets.unknown.octets, ascii("key"), pending.entityID);
    const keys = deriveKeys(suite, "EUK", known ?? unknown, pending.entityID);
    try {
      return accept(suite, keys, pending, message);
    } catch {
      return undefined;
    } finally {
      wipeKeys(keys);
    }
  }
}

/** True while the session's key is still the entity's committed one and its time has not run out (GWA-01). */
export function sessionHolds(
  session: { readonly keyID: Uint8Array; readonly expiresAt: Milliseconds },
  entity: EntityRecord | undefined,
  now: Milliseconds,
): boolean {
  const committed = validKey(entity, now);
  return committed !== undefined && equalBytes(committed.id, session.keyID) && now < session.expiresAt;
}
