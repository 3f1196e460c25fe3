import { ascii, equalBytes, hex, wipe } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds, toMilliseconds } from "../../base/units.js";
import { encodeMessage, messageSet, peekMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { answerShare } from "../../crypto/ephemeral.js";
import { checkRands } from "../../crypto/keys/directKeys.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import { resumptionSecret, ticketID } from "../../crypto/keys/resumption.js";
import { Secret } from "../../crypto/secret.js";
import { floorOf } from "../../database/backup.js";
import { seen } from "../../database/ownership.js";
import type { EntityRecord } from "../../database/rows/entities.js";
import type { TicketRecord } from "../../database/rows/sessions.js";
import { sessionHolds, validKey } from "../../database/sessions.js";
import type { ServerTables } from "../../database/store.js";
import { defaultLimits } from "../../link/record.js";
import { emptyWindow } from "../../link/window.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { type OpenHandshake, openHandshake, sealHandshake } from "./handles.js";
import type { DirectSession } from "./initiator.js";
import { authenticateRequest, type authenticateResponse, connectRequest } from "./messages.js";
import { type Accepted, accept, type PendingHandshake } from "./responder.js";
import { maximumResumptions, requestedTicket, resume } from "./resumption.js";
import type { resumeRequest } from "./resumptionMessages.js";

const connectRequests = messageSet(connectRequest);

/**
 * The Server's side of PN GW authentication (GWA-06, GWA-07, GWA-10 … GWA-12). An open handshake is kept by its PN GW,
 * sealed; a session that came of one is in the database.
 */
export class AuthServer {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /** ConnectRequest → AuthenticateRequest, the same for known and unknown entities. Throws CryptoError. */
  async connect(tables: ServerTables, message: Received<typeof connectRequest>): Promise<Uint8Array> {
    const { suite, random, clock } = this.#ports;
    const { entityID, rand, share: offered } = message.body;
    const randResponder = randomOctets(random, 32);
    checkRands(randResponder, rand);
    const agreement = offered && answerShare(suite, random, offered);
    const open: OpenHandshake = {
      connectRequest: message.octets,
      randResponder,
      count: (await lastHandshake(tables, entityID)).count,
      madeAt: clock.now(),
      ...(agreement && { share: agreement.share, ecdh: agreement.secret.octets }),
    };
    const request = requestOf(open, sealHandshake(this.#ports, open));
    agreement?.secret.wipe();
    return request;
  }

  /** AuthenticateResponse → ConnectResponse with a session, or Failure; a repeat gives the same session again. */
  async authenticate(
    tables: ServerTables,
    message: Received<typeof authenticateResponse>,
  ): Promise<Uint8Array> {
    const { clock } = this.#ports;
    const { handle } = message.body;
    const refused = encodeMessage(failure, message.exchange, { result: Result.refused });
    const open = handle && openHandshake(this.#ports, handle, clock.now());
    if (open === undefined) return refused;
    const { entityID } = connectRequests.decode(open.connectRequest).body;
    const name = hex(entityID);
    const entity = await tables.entities.get(name);
    const accepted = this.#accept(entity, entityID, open, message);
    const { count, sid } = await lastHandshake(tables, entityID);
    if (accepted !== undefined && sid && open.count === count - 1 && equalBytes(accepted.sid, sid)) {
      accepted.sk.wipe();
      return accepted.connectResponse;
    }
    if (accepted === undefined || entity === undefined || open.count !== count) {
      accepted?.sk.wipe();
      tables.log.event("auth.refused", { entity: name });
      return refused;
    }
    const { lifetime } = this.#ports.limits ?? defaultLimits;
    const endsAt = Milliseconds(clock.now() + toMilliseconds(lifetime));
    const { id: keyID } = entity.committed;
    await this.#open(tables, accepted, { entityID, keyID, endsAt, left: maximumResumptions });
    await tables.handshakes.put(name, { count: count + 1, sid: accepted.sid });
    await seen(tables, name, entity, clock.now());
    tables.log.event("auth.session", { entity: name, sid: hex(accepted.sid) });
    return accepted.connectResponse;
  }

  /**
   * ResumeRequest → ResumeResponse with a new session in place of the old one, in one round trip. The ticket is gone,
   * durable, before the answer leaves; a session whose time is over, or whose EUKey was replaced, is not resumed.
   */
  async resume(tables: ServerTables, message: Received<typeof resumeRequest>): Promise<Uint8Array> {
    const { suite, random, clock } = this.#ports;
    const id = hex(requestedTicket(message));
    const refused = encodeMessage(failure, message.exchange, { result: Result.sessionExpired });
    const ticket = await tables.tickets.get(id);
    if (ticket === undefined) return refused;
    const entity = await tables.entities.get(hex(ticket.entityID));
    if (entity === undefined || !sessionHolds(ticket, entity, clock.now())) return refused;
    const secret = new Secret(ticket.secret);
    const resumed = resume(suite, random, secret, message);
    secret.wipe();
    if (resumed === undefined) return refused;
    await tables.tickets.delete(id);
    const { entityID, keyID, endsAt } = ticket;
    await this.#open(tables, resumed, { entityID, keyID, endsAt, left: ticket.left - 1 });
    tables.log.event("auth.resumed", { entity: hex(entityID), sid: hex(resumed.sid) });
    return resumed.response;
  }

  /** Puts the session in place of the entity's older one, and the ticket of the new one in place of the older's. */
  async #open(
    tables: ServerTables,
    { sk, sid }: DirectSession,
    session: Omit<TicketRecord, "secret">,
  ): Promise<void> {
    const { suite } = this.#ports;
    const { entityID, keyID, endsAt, left } = session;
    for (const older of await tables.gatewaySessions.find("entity", hex(entityID), 8)) {
      if (older.value.ticket !== undefined) await tables.tickets.delete(older.value.ticket);
      await tables.gatewaySessions.delete(older.key);
    }
    const { received, bits: window } = emptyWindow;
    const fresh = { entityID, keyID, sk: sk.octets, received, window, endsAt };
    if (left === 0) await tables.gatewaySessions.put(hex(sid), fresh);
    else {
      const secret = resumptionSecret(suite, sk);
      const ticket = hex(ticketID(suite, secret));
      await tables.tickets.put(ticket, { ...session, secret: secret.octets });
      secret.wipe();
      await tables.gatewaySessions.put(hex(sid), { ...fresh, ticket });
    }
    sk.wipe();
  }

  /** Does the same work for an entity without a key, whose HASH cannot hold. */
  #accept(
    entity: EntityRecord | undefined,
    entityID: Uint8Array,
    open: OpenHandshake,
    message: Received<typeof authenticateResponse>,
  ): Accepted | undefined {
    const { suite, secrets, clock } = this.#ports;
    const known = entity?.role === "gateway" ? validKey(entity, clock.now())?.key : undefined;
    const none = suite.hmac(secrets.unknown.octets, ascii("key"), entityID);
    const keys = deriveKeys(suite, "EUK", known ?? none, entityID);
    try {
      return accept(suite, keys, pendingOf(open, message.body.handle), message);
    } catch {
      return undefined;
    } finally {
      wipeKeys(keys);
      wipe(none, open.ecdh);
    }
  }
}

/** AuthenticateRequest, the same octets from the same state and handle. */
function requestOf({ connectRequest, randResponder, share }: OpenHandshake, handle: Uint8Array): Uint8Array {
  const exchange = peekMessage(connectRequest)?.exchange ?? 0;
  return encodeMessage(authenticateRequest, exchange, {
    rand: randResponder,
    handle,
    ...(share && { share }),
  });
}

function pendingOf(open: OpenHandshake, handle: Uint8Array = new Uint8Array(0)): PendingHandshake {
  const { body } = connectRequests.decode(open.connectRequest);
  return {
    connectRequest: open.connectRequest,
    authenticateRequest: requestOf(open, handle),
    randInitiator: body.rand,
    randResponder: open.randResponder,
    ...(open.ecdh && { ecdh: open.ecdh }),
  };
}

/** The number that the entity's next handshake is for, and the session of the last one while that may be repeated. */
async function lastHandshake(
  tables: ServerTables,
  entityID: Uint8Array,
): Promise<{ readonly count: number; readonly sid?: Uint8Array }> {
  const found = await tables.handshakes.get(hex(entityID));
  const floor = await floorOf(tables);
  return found !== undefined && found.count >= floor ? found : { count: floor };
}
