import { equalBytes, hex, wipe } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { toSeconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { basePoint, compress } from "../../crypto/curve.js";
import { randomScalar } from "../../crypto/ephemeral.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys.js";
import {
  type ReleaseContext,
  releasedKey,
  releaseProof,
  rotatedKey,
  rotationAnswerProof,
  rotationHash,
  rotationRequestProof,
} from "../../crypto/temporaryKey.js";
import type { DeviceRecord, EntityRecord } from "../../database/tables.js";
import type { Origin, ServerPorts } from "../../procedure/serverPorts.js";
import { stageKey } from "../enrolment/ownership.js";
import {
  type euKeyRotationRequest,
  euKeyRotationResponse,
  type temporaryKeyRequest,
  temporaryKeyResponse,
} from "./messages.js";

type Escrowed = EntityRecord & { readonly staged: NonNullable<EntityRecord["staged"]> };

/** The Server's side of the Temporary Key: lets a PN GW have TK' (SEC-05, SEC-06), and replaces EUKeys (C-18). */
export class TemporaryKeyServer {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /**
   * TemporaryKeyRequest → TK', when a User has just authenticated at this PN GW for this device, and the device itself
   * has asked for that very EUKey. Once in the time between two factory resets: to one User at one PN GW, who may ask
   * again until the device has confirmed its EUKey, and to nobody after that.
   */
  async release(gateway: Uint8Array, message: Received<typeof temporaryKeyRequest>): Promise<Uint8Array> {
    const { store, clock, log } = this.#ports;
    const { body, exchange } = message;
    const name = hex(body.entityID);
    return store.transaction(async (tables) => {
      await tables.entities.expire(clock.now());
      const entity = await tables.entities.get(name);
      const device = await tables.devices.get(name);
      const key = this.#release(gateway, body, entity, device);
      if (key === undefined || device === undefined || entity?.staged === undefined) {
        log.event("temporaryKey.refused", { entity: name, gateway: hex(gateway) });
        return encodeMessage(temporaryKeyResponse, exchange, { result: Result.refused });
      }
      const { staged } = entity;
      const { userID } = staged;
      const released = { epoch: body.epoch, userID, gatewayID: gateway, used: false };
      await tables.devices.put(name, { ...device, released });
      await tables.entities.put(name, { ...entity, staged: { ...staged, origin: "gatewayEscrow" } });
      log.event("temporaryKey.released", { entity: name, gateway: hex(gateway), user: hex(userID) });
      const answer = encodeMessage(temporaryKeyResponse, exchange, { result: Result.ok, key });
      wipe(key);
      return answer;
    });
  }

  #release(
    gateway: Uint8Array,
    body: Received<typeof temporaryKeyRequest>["body"],
    entity: EntityRecord | undefined,
    device: DeviceRecord | undefined,
  ): Uint8Array | undefined {
    if (device === undefined || !isWaiting(entity, gateway, body.keyID)) return undefined;
    if (!mayRelease(device, entity, body.epoch)) return undefined;
    const { suite, serverID: server } = this.#ports;
    const context: ReleaseContext = {
      pne: body.entityID,
      gateway,
      server,
      userID: entity.staged.userID,
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
  async rotate(origin: Origin, message: Received<typeof euKeyRotationRequest>): Promise<Uint8Array> {
    const { suite, random, store, clock, serverID, log } = this.#ports;
    const { keyID: oldID, share: peerShare, proof } = message.body;
    const peer = suite.curve.decompress(peerShare);
    const parties = { pne: origin.entityID, gateway: origin.gatewayID, server: serverID };
    const name = hex(origin.entityID);
    return store.transaction(async (tables) => {
      const entity = await tables.entities.get(name);
      const device = await tables.devices.get(name);
      const old = entity?.committed;
      const none = this.#ports.secrets.unknown.octets;
      const keys = deriveKeys(suite, "TK", device?.temporaryKey ?? none, origin.entityID);
      try {
        const proven = equalBytes(proof, rotationRequestProof(suite, keys, parties, oldID, peerShare));
        const wanted = old?.origin === "gatewayEscrow" && equalBytes(old.id, oldID);
        if (!proven || !wanted || entity?.role !== "pne" || device === undefined) {
          log.event("temporaryKey.rotationRefused", { entity: name });
          return encodeMessage(failure, message.exchange, { result: Result.refused });
        }
        const ephemeral = randomScalar(random);
        const share = compress(suite.curve.multiply(ephemeral, basePoint()));
        const keyID = randomOctets(random, 8);
        const createdAt = toSeconds(clock.now());
        const hash = rotationHash(suite, { ...parties, request: message.octets, share, keyID, createdAt });
        const key = rotatedKey(suite, hash, suite.curve.multiply(ephemeral, peer), old.key);
        wipe(ephemeral);
        const { userID } = entity;
        const { entityID, gatewayID } = origin;
        const staged = { id: keyID, key, origin: "temporary" as const, createdAt, userID, gatewayID };
        await stageKey(tables, { role: "pne", entityID, userID }, staged, clock.now());
        const body = { keyID, share, createdAt, proof: rotationAnswerProof(suite, keys, hash) };
        return encodeMessage(euKeyRotationResponse, message.exchange, body);
      } finally {
        wipeKeys(keys);
      }
    });
  }
}

/** A User has authenticated for this device at this PN GW, and the key that came of it waits to be delivered. */
function isWaiting(
  entity: EntityRecord | undefined,
  gateway: Uint8Array,
  keyID: Uint8Array,
): entity is Escrowed {
  const staged = entity?.role === "pne" ? entity.staged : undefined;
  // A key that PNE and Server have agreed upon is never delivered by anybody.
  if (staged === undefined || staged.origin === "temporary") return false;
  return equalBytes(staged.id, keyID) && equalBytes(staged.gatewayID, gateway);
}

function mayRelease({ released }: DeviceRecord, { staged }: Escrowed, epoch: Uint8Array): boolean {
  if (released === undefined || !equalBytes(released.epoch, epoch)) return true;
  const same = equalBytes(released.userID, staged.userID) && equalBytes(released.gatewayID, staged.gatewayID);
  return same && !released.used;
}
