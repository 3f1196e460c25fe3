import { encodeMessage } from "../codec/message.js";
import { Result } from "../codec/results.js";
import { ascii, equalBytes, hex } from "../crypto/bytes.js";
import { deriveKeys, wipeKeys } from "../crypto/keys.js";
import { sessionLifetime } from "../link/record.js";
import { failure } from "../relay/messages.js";
import { randomOctets, type ServerPorts } from "../server/ports.js";
import type { EntityRecord, PendingHandshakeRecord } from "../server/store.js";
import { Milliseconds, toMilliseconds } from "../units.js";
import { type Accepted, accept, respond } from "./responder.js";

const pendingLifetime = 20_000;
const maximumPending = 4096;

interface ReceivedConnect {
  readonly exchange: number;
  readonly octets: Uint8Array;
  readonly body: { readonly entityID: Uint8Array; readonly rand: Uint8Array };
}

interface ReceivedResponse {
  readonly exchange: number;
  readonly octets: Uint8Array;
  readonly body: { readonly hash: Uint8Array; readonly handle?: Uint8Array };
}

/** The Server's side of PN GW authentication (GWA-06, GWA-07, GWA-10 … GWA-12); its state is in the database. */
export class AuthServer {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /** ConnectRequest → AuthenticateRequest, the same for known and unknown entities. */
  async connect(message: ReceivedConnect): Promise<Uint8Array> {
    const { random, clock, store } = this.#ports;
    const handle = randomOctets(random, 16);
    const { entityID } = message.body;
    const handshake = respond(message, randomOctets(random, 32), handle);
    return store.transaction(async (tables) => {
      await tables.pendingClear.expire(clock.now());
      if ((await tables.pendingClear.count()) >= maximumPending) {
        return encodeMessage(failure, message.exchange, { result: Result.busy });
      }
      const expiresAt = Milliseconds(clock.now() + pendingLifetime);
      await tables.pendingClear.put(hex(handle), { kind: "handshake", expiresAt, entityID, ...handshake });
      return handshake.authenticateRequest;
    });
  }

  /** AuthenticateResponse → ConnectResponse with a session, or Failure; a handshake is tried once. */
  async authenticate(message: ReceivedResponse): Promise<Uint8Array> {
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
      const expiresAt = Milliseconds(clock.now() + toMilliseconds(sessionLifetime));
      const { entityID } = pending;
      const sid = hex(accepted.sid);
      if (entity.sid !== undefined) await tables.gatewaySessions.delete(entity.sid);
      await tables.entities.put(name, { ...entity, sid });
      await tables.gatewaySessions.put(sid, {
        entityID,
        keyID: entity.committed.id,
        sk: accepted.sk.octets.slice(),
        received: 0,
        next: 1,
        expiresAt,
      });
      accepted.sk.wipe();
      log.event("auth.session", { entity: name, sid });
      return accepted.connectResponse;
    });
  }

  /** Does the same work for an entity without a key, whose HASH cannot hold. */
  #accept(
    entity: EntityRecord | undefined,
    pending: PendingHandshakeRecord,
    message: ReceivedResponse,
  ): Accepted | undefined {
    const { suite, secrets } = this.#ports;
    const known = entity?.role === "gateway" ? entity.committed?.key : undefined;
    const decoy = suite.hmac(secrets.decoy.octets, ascii("key"), pending.entityID);
    const keys = deriveKeys(suite, "EUK", known ?? decoy, pending.entityID);
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
  const committed = entity?.committed;
  return committed !== undefined && equalBytes(committed.id, session.keyID) && now < session.expiresAt;
}
