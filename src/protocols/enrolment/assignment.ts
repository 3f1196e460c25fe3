import { equalBytes, hex, wipe } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { toSeconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { encode } from "../../codec/schema.js";
import { deriveKeys, keyConfirmation, wipeKeys } from "../../crypto/keys.js";
import type { Secret } from "../../crypto/secret.js";
import { deviceClaim } from "../../crypto/temporaryKey.js";
import type { DeviceRecord, EntityRecord, PendingEnrolment } from "../../database/tables.js";
import type { Origin, ServerPorts } from "../../procedure/serverPorts.js";
import { euKeyAssignmentAck, type euKeyAssignmentConfirm, keyDelivery } from "./messages.js";
import { commitKey, stageKey } from "./ownership.js";
import { deliveryAad, deliveryNonceLength } from "./transcript.js";
import { partiesOf } from "./verifiers.js";

/** The second half of an assignment, the same for every method: a new key staged, delivered, and committed. */
export class KeyAssignment {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /** A new key, staged when the password was proven, in a delivery that only the password opens (EUK-UI-18). */
  async deliver(pending: PendingEnrolment, proven: boolean, deliveryKey: Secret): Promise<Uint8Array> {
    const { suite, random, clock, serverID } = this.#ports;
    const id = randomOctets(random, 8);
    const key = randomOctets(random, 32);
    const createdAt = toSeconds(clock.now());
    const { userID, gatewayID } = pending;
    const staged = { id, key, origin: "password" as const, createdAt, userID, gatewayID };
    const result = proven ? await this.#stage(pending, staged) : Result.refused;
    const delivered = result === Result.ok;
    const delivery = encode(keyDelivery, {
      result,
      key: delivered ? key : new Uint8Array(32),
      keyID: delivered ? id : new Uint8Array(8),
      createdAt,
    });
    const nonce = new Uint8Array(deliveryNonceLength);
    const aad = deliveryAad(partiesOf(pending, serverID));
    const sealed = suite.seal(deliveryKey.octets, nonce, delivery, aad);
    wipe(delivery);
    if (!delivered) wipe(key);
    return sealed;
  }

  /** EUK-UI-06, EUK-UI-16, EUK-GW-10: stored with Entity ID and User ID; refused when another User owns it (C-12). */
  async #stage(pending: PendingEnrolment, staged: NonNullable<EntityRecord["staged"]>): Promise<Result> {
    const { store, clock } = this.#ports;
    const done = await store.transaction((tables) => stageKey(tables, pending, staged, clock.now()));
    if (done === "staged") return Result.ok;
    return done === "foreign" ? Result.duplicateEntity : Result.busy;
  }

  /** Confirmation → commit → acknowledgement; repeating it after a lost acknowledgement gives the same answer. */
  async confirm(origin: Origin, message: Received<typeof euKeyAssignmentConfirm>): Promise<Uint8Array> {
    const { suite, store, clock, log } = this.#ports;
    const { keyID, hash, claim } = message.body;
    const ack = await store.transaction(async (tables) => {
      const name = hex(origin.entityID);
      await tables.entities.expire(clock.now());
      const entity = await tables.entities.get(name);
      const found = [entity?.staged, entity?.committed].find((key) => key && equalBytes(key.id, keyID));
      if (entity === undefined || found === undefined || entity.role !== origin.role) return undefined;
      const keys = deriveKeys(suite, "EUK", found.key, origin.entityID);
      const proven = equalBytes(hash, keyConfirmation(suite, keys, "confirm", keyID));
      const answer = keyConfirmation(suite, keys, "ack", keyID);
      wipeKeys(keys);
      const device = await tables.devices.get(name);
      if (!proven || !this.#isDevice(device, origin.entityID, { keyID, hash, claim })) return undefined;
      if (found === entity.staged) {
        const released = entity.staged.origin === "gatewayEscrow" ? device?.released : undefined;
        if (device && released)
          await tables.devices.put(name, { ...device, released: { ...released, used: true } });
        await commitKey(tables, name, entity, entity.staged);
        log.event("enrol.committed", { entity: name, role: entity.role, key: hex(keyID) });
      }
      return answer;
    });
    return ack === undefined
      ? encodeMessage(failure, message.exchange, { result: Result.refused })
      : encodeMessage(euKeyAssignmentAck, message.exchange, { hash: ack });
  }

  /**
   * A device whose factory has told us its Temporary Key becomes nobody's without it, whoever knows a password; nor is
   * its Entity ID, which it says in the air, taken from it by who calls it that of a PN GW (C-12).
   */
  #isDevice(
    device: DeviceRecord | undefined,
    entityID: Uint8Array,
    confirm: {
      readonly keyID: Uint8Array;
      readonly hash: Uint8Array;
      readonly claim: Uint8Array | undefined;
    },
  ): boolean {
    if (device === undefined) return true;
    const { suite } = this.#ports;
    const keys = deriveKeys(suite, "TK", device.temporaryKey, entityID);
    const expected = deviceClaim(suite, keys, confirm.keyID, confirm.hash);
    wipeKeys(keys);
    return confirm.claim !== undefined && equalBytes(confirm.claim, expected);
  }
}
