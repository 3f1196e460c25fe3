import { equalBytes, hex, wipe } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { toSeconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { basePoint, compress } from "../../crypto/curve.js";
import { randomScalar } from "../../crypto/ephemeral.js";
import { deriveKeys, type PairKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import {
  type ReleaseContext,
  type RotationContext,
  releasedKey,
  releaseProof,
  rotatedKey,
  rotationAnswerProof,
  rotationHash,
  rotationRequestProof,
} from "../../crypto/keys/temporaryKey.js";
import { stagedName, stageKey } from "../../database/ownership.js";
import type { DeviceRecord, EntityRecord, StagedRecord } from "../../database/rows/entities.js";
import type { ServerTables } from "../../database/store.js";
import type { Origin, ServerPorts } from "../../procedure/serverPorts.js";
import {
  type euKeyRotationRequest,
  euKeyRotationResponse,
  type temporaryKeyRequest,
  temporaryKeyResponse,
} from "./messages.js";

/** The Server's side of the Temporary Key: lets a PN GW have TK' (SEC-05, SEC-06), and replaces EUKeys (C-18). */
export class TemporaryKeyServer {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /**
   * TemporaryKeyRequest → TK', when a User has just authenticated at this PN GW for this device, and the device itself
   * has asked for that very EUKey. Between two factory resets to one User only, who may ask again until PNE and Server
   * have agreed on a key that no PN GW knows, and to nobody after that.
   */
  async release(
    tables: ServerTables,
    gateway: Uint8Array,
    message: Received<typeof temporaryKeyRequest>,
  ): Promise<Uint8Array> {
    const { body, exchange } = message;
    const name = hex(body.entityID);
    const staged = await tables.staged.get(stagedName(body.entityID, body.keyID));
    const device = await tables.devices.get(name);
    const key = this.#release(gateway, body, staged, device);
    if (key === undefined || device === undefined || staged === undefined) {
      tables.log.event("temporaryKey.refused", { entity: name, gateway: hex(gateway) });
      return encodeMessage(temporaryKeyResponse, exchange, { result: Result.refused });
    }
    const { owner, userID } = staged;
    const released = { epoch: body.epoch, owner, gatewayID: gateway, used: false };
    await tables.devices.put(name, { ...device, released });
    await tables.staged.put(stagedName(body.entityID, body.keyID), { ...staged, origin: "gatewayEscrow" });
    await tables.note("temporaryKey.released", { entity: name, gateway: hex(gateway), user: hex(userID) });
    const answer = encodeMessage(temporaryKeyResponse, exchange, { result: Result.ok, key });
    wipe(key);
    return answer;
  }

  #release(
    gateway: Uint8Array,
    body: Received<typeof temporaryKeyRequest>["body"],
    staged: StagedRecord | undefined,
    device: DeviceRecord | undefined,
  ): Uint8Array | undefined {
    if (device === undefined || staged === undefined || !isWaiting(staged, gateway)) return undefined;
    if (!mayRelease(device, staged, body.epoch)) return undefined;
    const { suite, serverID: server } = this.#ports;
    const context: ReleaseContext = {
      pne: body.entityID,
      gateway,
      server,
      userID: staged.userID,
      randPNE: body.rand,
      randGateway: body.gatewayRand,
      epoch: body.epoch,
      keyID: body.keyID,
    };
    const keys = deriveKeys(suite, "TK", device.temporaryKey, body.entityID);
    const proven = equalBytes(body.proof, releaseProof(suite, keys, context));
    wipeKeys(keys);
    if (!proven) return undefined;
    return releasedKey(suite, device.temporaryKey, context).octets;
  }

  /** EUKeyRotationRequest → the Server's share; the new key is staged, and the PNE confirms it. */
  async rotate(
    tables: ServerTables,
    origin: Origin,
    message: Received<typeof euKeyRotationRequest>,
  ): Promise<Uint8Array> {
    const { suite, secrets } = this.#ports;
    const { keyID: oldID, share: peerShare, proof } = message.body;
    const peer = suite.curve.decompress(peerShare);
    const parties = this.#parties(origin);
    const name = hex(origin.entityID);
    const entity = await tables.entities.get(name);
    const device = await tables.devices.get(name);
    const old = entity?.committed;
    const escrowed = old?.origin === "gatewayEscrow";
    // Where no PN GW knows the EUKey it proves itself; but only when the Server has asked for another (C-38).
    const renews = !escrowed && entity?.renewal === true;
    const keys =
      renews && old !== undefined
        ? deriveKeys(suite, "EUK", old.key, origin.entityID)
        : deriveKeys(suite, "TK", device?.temporaryKey ?? secrets.unknown.octets, origin.entityID);
    try {
      const proven = equalBytes(proof, rotationRequestProof(suite, keys, parties, oldID, peerShare));
      const wanted = (renews || (escrowed && device !== undefined)) && equalBytes(old?.id ?? oldID, oldID);
      if (!proven || !wanted || entity?.role !== "pne") {
        tables.log.event("temporaryKey.rotationRefused", { entity: name });
        return encodeMessage(failure, message.exchange, { result: Result.refused });
      }
      return await this.#rotated(tables, origin, message, entity, peer, keys);
    } finally {
      wipeKeys(keys);
    }
  }

  async #rotated(
    tables: ServerTables,
    origin: Origin,
    message: Received<typeof euKeyRotationRequest>,
    { userID, owner, committed: old }: EntityRecord,
    peer: Uint8Array,
    keys: PairKeys,
  ): Promise<Uint8Array> {
    const { suite, random, clock } = this.#ports;
    const ephemeral = randomScalar(random);
    const share = compress(suite.curve.multiply(ephemeral, basePoint()));
    const id = randomOctets(random, 8);
    const createdAt = toSeconds(clock.now());
    const context = { ...this.#parties(origin), request: message.octets, share, keyID: id, createdAt };
    const hash = rotationHash(suite, context);
    const key = rotatedKey(suite, hash, suite.curve.multiply(ephemeral, peer), old.key);
    wipe(ephemeral);
    const { entityID, gatewayID } = origin;
    const made = {
      role: "pne",
      entityID,
      owner,
      userID,
      gatewayID,
      id,
      key,
      origin: old.origin === "gatewayEscrow" ? "temporary" : "renewed",
      createdAt,
    } as const;
    await stageKey(tables, made, clock.now());
    wipe(key);
    const body = { keyID: id, share, createdAt, proof: rotationAnswerProof(suite, keys, hash) };
    return encodeMessage(euKeyRotationResponse, message.exchange, body);
  }

  #parties({ entityID, gatewayID }: Origin): Pick<RotationContext, "pne" | "gateway" | "server"> {
    return { pne: entityID, gateway: gatewayID, server: this.#ports.serverID };
  }
}

/** A User has authenticated for this device at this PN GW, and the key that came of it waits to be delivered. */
function isWaiting({ role, origin, gatewayID }: StagedRecord, gateway: Uint8Array): boolean {
  // A key that PNE and Server have agreed upon is never delivered by anybody.
  return role === "pne" && origin !== "temporary" && origin !== "renewed" && equalBytes(gatewayID, gateway);
}

function mayRelease({ released }: DeviceRecord, { owner }: StagedRecord, epoch: Uint8Array): boolean {
  if (released === undefined || !equalBytes(released.epoch, epoch)) return true;
  return equalBytes(released.owner, owner) && !released.used;
}
