import { equalBytes, hex, wipe } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { toSeconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { encode } from "../../codec/schema.js";
import { keyConfirmation } from "../../crypto/keys/directKeys.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import { deviceClaim, temporaryKeyAck } from "../../crypto/keys/temporaryKey.js";
import type { Secret } from "../../crypto/secret.js";
import { commitKey, isForeign, stagedName, stageKey, stillUser } from "../../database/ownership.js";
import { carrySessions } from "../../database/renewal.js";
import type { DeviceRecord, ServerKey, StagedRecord } from "../../database/rows/entities.js";
import type { PendingEnrolment } from "../../database/rows/exchanges.js";
import type { ServerTables } from "../../database/store.js";
import type { Origin, ServerPorts } from "../../procedure/serverPorts.js";
import { euKeyAssignmentAck, type euKeyAssignmentConfirm, keyDelivery } from "./messages.js";
import { deliveryAad, deliveryNonceLength } from "./transcript.js";
import { partiesOf } from "./verifiers.js";

type Confirm = Received<typeof euKeyAssignmentConfirm>["body"];

/** The second half of an assignment, the same for every method: a new key staged, delivered, and committed. */
export class KeyAssignment {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /**
   * A new key in a delivery that only the password opens (EUK-UI-18), staged for `owner`, who has proven it. Without an
   * owner the same work is done for a delivery that nobody gets.
   */
  async deliver(
    tables: ServerTables,
    pending: PendingEnrolment,
    owner: Uint8Array | undefined,
    deliveryKey: Secret,
  ): Promise<Uint8Array> {
    const { suite, random, clock, serverID } = this.#ports;
    const id = randomOctets(random, 8);
    const key = randomOctets(random, 32);
    const createdAt = toSeconds(clock.now());
    const result =
      owner === undefined
        ? Result.refused
        : await this.#stage(tables, pending, owner, { id, key, origin: "password", createdAt });
    const delivered = result === Result.ok;
    const delivery = encode(keyDelivery, {
      result,
      key: delivered ? key : new Uint8Array(32),
      keyID: delivered ? id : new Uint8Array(8),
      createdAt,
    });
    const nonce = new Uint8Array(deliveryNonceLength);
    const sealed = suite.seal(deliveryKey.octets, nonce, delivery, deliveryAad(partiesOf(pending, serverID)));
    wipe(delivery, key);
    return sealed;
  }

  /** EUK-UI-06, EUK-UI-16, EUK-GW-10: stored with Entity ID and User ID; refused when another User owns it (C-12). */
  async #stage(
    tables: ServerTables,
    { role, entityID, userID, gatewayID }: PendingEnrolment,
    owner: Uint8Array,
    key: ServerKey,
  ): Promise<Result> {
    const claim = { role, entityID, owner, userID, gatewayID, ...key };
    const done = await stageKey(tables, claim, this.#ports.clock.now());
    if (done === "staged") return Result.ok;
    return done === "foreign" ? Result.duplicateEntity : Result.tooManyDevices;
  }

  /** Confirmation → commit → acknowledgement; repeating it after a lost acknowledgement gives the same answer. */
  async confirm(
    tables: ServerTables,
    origin: Origin,
    message: Received<typeof euKeyAssignmentConfirm>,
  ): Promise<Uint8Array> {
    const ack = await this.#confirm(tables, origin, message.body);
    return ack === undefined
      ? encodeMessage(failure, message.exchange, { result: Result.refused })
      : encodeMessage(euKeyAssignmentAck, message.exchange, { hash: ack });
  }

  async #confirm(tables: ServerTables, origin: Origin, body: Confirm): Promise<Uint8Array | undefined> {
    const { entityID, role } = origin;
    const name = hex(entityID);
    const staged = await tables.staged.get(stagedName(entityID, body.keyID));
    const entity = await tables.entities.get(name);
    const committed = entity && equalBytes(entity.committed.id, body.keyID) ? entity : undefined;
    const found = staged ?? committed?.committed;
    if (found === undefined || (staged ?? committed)?.role !== role) return undefined;
    const device = await tables.devices.get(name);
    const ack = this.#held(found, entityID, body, device);
    if (ack === undefined || !this.#isDevice(device, entityID, body)) return undefined;
    if (staged !== undefined && !(await this.#commit(tables, staged, device))) return undefined;
    return ack;
  }

  /**
   * Whoever was removed in between gets nothing. Of a device that has shown its Temporary Key the youngest key that it
   * has claimed counts, whoever has another; without that, who came first has it.
   */
  async #commit(
    tables: ServerTables,
    staged: StagedRecord,
    device: DeviceRecord | undefined,
  ): Promise<boolean> {
    const { entityID, role, owner, userID, id, origin } = staged;
    const name = hex(entityID);
    const now = this.#ports.clock.now();
    if ((await stillUser(tables, userID, owner)) === undefined) return false;
    const known = await tables.entities.get(name);
    if (isForeign(known, staged) && device === undefined) return false;
    if (!(await commitKey(tables, staged, now, { possessed: device !== undefined }))) return false;
    if (known !== undefined && origin === "renewed") {
      await carrySessions(tables, entityID, known.committed.id, id);
    }
    // A key that no PN GW has seen has taken the place of those that were let out.
    if (device?.released && origin === "temporary") {
      await tables.devices.put(name, { ...device, released: { ...device.released, used: true } });
    }
    await tables.note("enrol.committed", { entity: name, role, key: hex(id), user: hex(userID) });
    return true;
  }

  /** The acknowledgement for who holds the key; undefined for who does not. */
  #held(
    { key, origin }: ServerKey,
    entityID: Uint8Array,
    body: Confirm,
    device: DeviceRecord | undefined,
  ): Uint8Array | undefined {
    const { suite } = this.#ports;
    const { keyID, hash } = body;
    const keys = deriveKeys(suite, "EUK", key, entityID);
    try {
      if (!equalBytes(hash, keyConfirmation(suite, keys, "confirm", keyID))) return undefined;
      // By the Temporary Key when a PN GW knows the EUKey: it must not tell the device that the Server has committed.
      const byDevice = origin === "gatewayEscrow" && device !== undefined;
      return byDevice
        ? this.#ackOfDevice(device, entityID, body)
        : keyConfirmation(suite, keys, "ack", keyID);
    } finally {
      wipeKeys(keys);
    }
  }

  #ackOfDevice({ temporaryKey }: DeviceRecord, entityID: Uint8Array, { keyID, hash }: Confirm): Uint8Array {
    const { suite } = this.#ports;
    const keys = deriveKeys(suite, "TK", temporaryKey, entityID);
    const ack = temporaryKeyAck(suite, keys, keyID, hash);
    wipeKeys(keys);
    return ack;
  }

  /**
   * A device whose factory has told us its Temporary Key becomes nobody's without it, whoever knows a password; nor is
   * its Entity ID, which it says in the air, taken from it by who calls it that of a PN GW (C-12).
   */
  #isDevice(
    device: DeviceRecord | undefined,
    entityID: Uint8Array,
    { keyID, hash, claim }: Confirm,
  ): boolean {
    if (device === undefined) return true;
    const { suite } = this.#ports;
    const keys = deriveKeys(suite, "TK", device.temporaryKey, entityID);
    const expected = deviceClaim(suite, keys, keyID, hash);
    wipeKeys(keys);
    return claim !== undefined && equalBytes(claim, expected);
  }
}
