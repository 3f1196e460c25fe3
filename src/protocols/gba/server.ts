import { equalBytes, hex, wipe } from "../../base/octets.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { deriveKeys, keyConfirmation, wipeKeys } from "../../crypto/keys.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { euKeyAssignmentAck } from "../enrolment/messages.js";
import { commitKey } from "../enrolment/ownership.js";
import { gbaKeyID, nafIDOf } from "./keys.js";
import type { euKeyAssignmentRequestGba } from "./messages.js";
import type { Zn, ZnAnswer } from "./ports.js";

/** What a Server that takes bootstrapped keys has beside its other ports. */
export interface GbaServerPorts {
  readonly zn: Zn;
  /** Whose subscription this is; undefined when it is none of the Server's users'. */
  userOf(impi: string): Uint8Array | undefined;
}

/** The Server's side of a PN GW's EUKey by GBA_U (EUK-GW-03): fetches it from the BSF and lets the PN GW prove it. */
export class GbaServer {
  readonly #ports: ServerPorts & { readonly gba?: GbaServerPorts };

  constructor(ports: ServerPorts & { readonly gba?: GbaServerPorts }) {
    this.#ports = ports;
  }

  /** One answer for whatever does not hold: the PN GW bootstraps anew. */
  async assign(message: Received<typeof euKeyAssignmentRequestGba>): Promise<Uint8Array> {
    const { gba, serverID, log } = this.#ports;
    const { entityID, bTID, hash } = message.body;
    const fail = (result: Result): Uint8Array => {
      log.event("gba.refused", { entity: hex(entityID) });
      return encodeMessage(failure, message.exchange, { result });
    };
    if (gba === undefined) return fail(Result.noMethod);
    const known = await gba.zn(bTID, nafIDOf(String.fromCharCode(...serverID)));
    const userID = known && gba.userOf(known.impi);
    if (known === undefined || userID === undefined) return fail(Result.refused);
    try {
      const ack = await this.#commit(entityID, bTID, hash, known, userID);
      return ack === undefined
        ? fail(Result.refused)
        : encodeMessage(euKeyAssignmentAck, message.exchange, { hash: ack });
    } finally {
      wipe(known.ksExtNaf);
    }
  }

  async #commit(
    entityID: Uint8Array,
    bTID: string,
    hash: Uint8Array,
    known: ZnAnswer,
    userID: Uint8Array,
  ): Promise<Uint8Array | undefined> {
    const { suite, store, clock, log } = this.#ports;
    const id = gbaKeyID(suite, bTID);
    const keys = deriveKeys(suite, "EUK", known.ksExtNaf, entityID);
    const proven = equalBytes(hash, keyConfirmation(suite, keys, "confirm", id));
    const ack = keyConfirmation(suite, keys, "ack", id);
    wipeKeys(keys);
    if (!proven || known.expiresAt * 1000 <= clock.now()) return undefined;
    return store.transaction(async (tables) => {
      const name = hex(entityID);
      const entity = await tables.entities.get(name);
      const held = entity?.committed;
      if (held !== undefined && equalBytes(held.id, id)) return ack;
      const foreign =
        held !== undefined && (entity?.role !== "gateway" || !equalBytes(entity.userID, userID));
      // A recorded request of an older bootstrapping must not bring its key back.
      const older = held?.origin === "gba" && known.bootstrappedAt < held.createdAt;
      // The Entity ID of a device that a factory has made is no PN GW's.
      const device = (await tables.devices.get(name)) !== undefined;
      if (foreign || older || device) return undefined;
      const { bootstrappedAt: createdAt, expiresAt } = known;
      const key = known.ksExtNaf.slice();
      const made = { id, key, origin: "gba" as const, createdAt, expiresAt, userID, gatewayID: entityID };
      const lastLocalKeyID = entity?.lastLocalKeyID ?? 0;
      await commitKey(tables, name, { role: "gateway", lastLocalKeyID }, made);
      log.event("gba.committed", { entity: name, key: hex(id) });
      return ack;
    });
  }
}
