import { equalBytes, hex, wipe } from "../../base/octets.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { keyConfirmation } from "../../crypto/keys/directKeys.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import { commitKey, isForeign, maximumGateways, nextPlace, noHistory } from "../../database/ownership.js";
import type { EntityRecord, HistoryRecord } from "../../database/rows/entities.js";
import { isBelievable } from "../../database/sessions.js";
import type { ServerTables } from "../../database/store.js";
import type { StoredServerPorts } from "../../procedure/serverPorts.js";
import { euKeyAssignmentAck } from "../enrolment/messages.js";
import { gbaKeyID, nafIDOf } from "./keys.js";
import type { euKeyAssignmentRequestGba } from "./messages.js";
import type { Zn, ZnAnswer } from "./ports.js";

/** What a Server that takes bootstrapped keys has beside its other ports. */
export interface GbaServerPorts {
  readonly zn: Zn;
  /** Whose subscription this is; undefined when it is none of the Server's users'. */
  userOf(impi: string): Uint8Array | undefined;
}

type Asked = Received<typeof euKeyAssignmentRequestGba>["body"];

/**
 * The Server's side of a PN GW's EUKey by GBA_U (EUK-GW-03): fetches it from the BSF and lets the PN GW prove it. The
 * BSF is asked outside of the transaction.
 */
export class GbaServer {
  readonly #ports: StoredServerPorts & { readonly gba?: GbaServerPorts };

  constructor(ports: StoredServerPorts & { readonly gba?: GbaServerPorts }) {
    this.#ports = ports;
  }

  /** One answer for whatever does not hold: the PN GW bootstraps anew. */
  async assign(message: Received<typeof euKeyAssignmentRequestGba>): Promise<Uint8Array> {
    const { gba, serverID, log, store, clock } = this.#ports;
    const { entityID, bTID } = message.body;
    const fail = (result: Result): Uint8Array => {
      log.event("gba.refused", { entity: hex(entityID) });
      return encodeMessage(failure, message.exchange, { result });
    };
    if (gba === undefined) return fail(Result.noMethod);
    if (!isBelievable(clock.now())) return fail(Result.serverClock);
    const known = await gba.zn(bTID, nafIDOf(String.fromCharCode(...serverID)));
    try {
      const userID = known && gba.userOf(known.impi);
      if (known === undefined || userID === undefined) return fail(Result.refused);
      const ack = this.#proof(message.body, known);
      if (ack === undefined) return fail(Result.refused);
      const done = await store.transaction((tables) => this.#commit(tables, message.body, known, userID));
      return done ? encodeMessage(euKeyAssignmentAck, message.exchange, { hash: ack }) : fail(Result.refused);
    } finally {
      wipe(known?.ksExtNaf);
    }
  }

  /** The acknowledgement, when the PN GW has shown that it holds the key, and its time is not over. */
  #proof({ entityID, bTID, hash }: Asked, known: ZnAnswer): Uint8Array | undefined {
    const { suite, clock } = this.#ports;
    const id = gbaKeyID(suite, bTID);
    const keys = deriveKeys(suite, "EUK", known.ksExtNaf, entityID);
    const proven = equalBytes(hash, keyConfirmation(suite, keys, "confirm", id));
    const ack = proven ? keyConfirmation(suite, keys, "ack", id) : undefined;
    wipeKeys(keys);
    return known.expiresAt * 1000 <= clock.now() ? undefined : ack;
  }

  async #commit(
    tables: ServerTables,
    { entityID, bTID }: Asked,
    { ksExtNaf, bootstrappedAt, expiresAt }: ZnAnswer,
    userID: Uint8Array,
  ): Promise<boolean> {
    const { suite, clock } = this.#ports;
    const id = gbaKeyID(suite, bTID);
    const name = hex(entityID);
    const entity = await tables.entities.get(name);
    const user = await tables.users.get(hex(userID));
    if (user === undefined || !(await this.#mayHave(tables, name, entity, user.identity))) return false;
    if (entity !== undefined && equalBytes(entity.committed.id, id)) return true;
    if (isOlder(bootstrappedAt, (await tables.histories.get(name)) ?? noHistory, clock.now())) return false;
    const key = { id, key: ksExtNaf, origin: "gba" as const, createdAt: bootstrappedAt, expiresAt };
    const owned = { role: "gateway" as const, entityID, owner: user.identity, userID, gatewayID: entityID };
    const madeAt = await nextPlace(tables, entityID, clock.now());
    await commitKey(tables, { ...owned, ...key, madeAt, endsAt: madeAt }, clock.now(), { bootstrappedAt });
    await tables.note("gba.committed", { entity: name, key: hex(id), user: hex(userID) });
    return true;
  }

  async #mayHave(
    tables: ServerTables,
    name: string,
    entity: EntityRecord | undefined,
    owner: Uint8Array,
  ): Promise<boolean> {
    if (isForeign(entity, { role: "gateway", owner })) return false;
    // The Entity ID of a device that a factory has made is no PN GW's.
    if ((await tables.devices.get(name)) !== undefined) return false;
    const full = (await tables.entities.count("kind", `${hex(owner)}/gateway`)) >= maximumGateways;
    return entity !== undefined || !full;
  }
}

/**
 * A recorded request of an older bootstrapping must not bring its key back, whoever had the PN GW since: neither in the
 * place of a younger one, as the BSF counts time, nor of a key by password that was made since. What our own clock says
 * counts while it is past.
 */
function isOlder(
  bootstrappedAt: number,
  { bootstrappedAt: youngest, createdAt }: HistoryRecord,
  now: number,
): boolean {
  if (youngest !== undefined && bootstrappedAt <= youngest) return true;
  return createdAt !== undefined && createdAt * 1000 <= now && bootstrappedAt <= createdAt;
}
