import { equalBytes, hex } from "../../base/octets.js";
import type { Random } from "../../base/ports.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds, toMilliseconds, toSeconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { acknowledgement, failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { encode } from "../../codec/schema.js";
import { answerShare } from "../../crypto/ephemeral.js";
import { CryptoError } from "../../crypto/errors.js";
import {
  checkRands,
  deriveKeys,
  hashPNE,
  hashServer,
  type PairContext,
  preAssignedKey,
  type RelayedAgreement,
  relayedSessionKey,
  wipeKeys,
  wrapLocalKey,
} from "../../crypto/keys.js";
import { Secret } from "../../crypto/secret.js";
import type { CurveSuite } from "../../crypto/suite.js";
import type { EntityRecord, PNMember, PNRecord, ServerTables } from "../../database/tables.js";
import { defaultLimits } from "../../link/record.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { pairFlags, readPNEInfo } from "./context.js";
import type { pnUpdateRequest } from "./invitations.js";
import {
  maximumBackhaulMessage,
  PairFlag,
  pnAuthenticationRequest,
  type pnAuthenticationResponse,
  pnInventory,
  type pnRegistrationRequest,
  pnRegistrationResponse,
} from "./messages.js";

/** Between PNRegistrationRequest and the hashes: devices handshake with the PN GW in between. */
const pendingLifetime = 120_000;
/** PNs, pending ones among them; more is a flood. */
const maximumPNs = 100_000;
/** Of one PN GW: it must not take the room of all the others. */
const maximumPNsOfGateway = 512;
/** A LocalEUKey outlives the sessions made with it (seconds). */
const localKeyLifetime = 30 * 24 * 3600;

type RegistrationMember = Received<typeof pnRegistrationRequest>["body"]["members"][number];

interface WrappedKeys {
  readonly keyID: number;
  readonly expiresAt: number;
  /** None of a pre-assigned key: the PNE derives it. */
  readonly wrappedKey?: Uint8Array;
  readonly gatewayCopy: Uint8Array;
}

/** PN of a PN GW in the tables: PN IDs are made by gateways and scoped by them (C-26). */
export const pnName = (gateway: Uint8Array, pnID: Uint8Array): string => `${hex(gateway)}/${hex(pnID)}`;

/** The Server's side of PN establishment (PNI-05, PNI-11, PNI-12; GWI-06, GWI-12, GWI-13). */
export class PNServer {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /** PNRegistrationRequest → rand_server and the wrapped LocalEUKeys (PNI-05a, PNI-05b). */
  async register(gateway: Uint8Array, message: Received<typeof pnRegistrationRequest>): Promise<Uint8Array> {
    const { random, clock, store } = this.#ports;
    const { pnID, alias } = message.body;
    return store.transaction(async (tables) => {
      await tables.pns.expire(clock.now());
      if ((await tables.pns.get(pnName(gateway, pnID))) !== undefined) {
        return encodeMessage(failure, message.exchange, { result: Result.protocol });
      }
      const own = await tables.pns.count(gateway);
      if (own >= maximumPNsOfGateway || (await tables.pns.count()) >= maximumPNs) {
        return encodeMessage(failure, message.exchange, { result: Result.busy });
      }
      const randServer = randomOctets(random, 32);
      const members = message.body.members.map((member) => this.#member(member, randServer));
      const names = new Set(members.map((member) => hex(member.entityID)));
      if (names.size !== members.length) {
        return encodeMessage(failure, message.exchange, { result: Result.protocol });
      }
      const pn: PNRecord = {
        state: "pending",
        gatewayID: gateway,
        randServer,
        members,
        ...(alias !== undefined && { alias }),
        expiresAt: Milliseconds(clock.now() + pendingLifetime),
      };
      await tables.pns.put(pnName(gateway, pnID), pn);
      const keys = [];
      for (const member of members) {
        const wrapped = await this.#localKey(tables, pn, pnID, member);
        const { entityID, share } = member;
        keys.push({ entityID, ...wrapped, ...(share && { share }) });
      }
      const body = { pnID, rand: randServer, members: keys };
      return encodeMessage(pnAuthenticationRequest, message.exchange, body, maximumBackhaulMessage);
    });
  }

  #member(member: RegistrationMember, randServer: Uint8Array): PNMember {
    const info = readPNEInfo(member.pneInfo);
    checkRands(randServer, member.rand);
    const flags = pairFlags(info, (member.flags & PairFlag.initiator) !== 0);
    const entry = { entityID: info.entityID, pneInfo: member.pneInfo, flags, rand: member.rand };
    const answered = info.share && this.#answered(info.share);
    return answered === undefined
      ? entry
      : { ...entry, ecdh: answered.secret.octets, share: answered.shareServer };
  }

  /** A bad point is its PNE's own misfortune: nobody else's PN fails for it. */
  #answered(share: Uint8Array): RelayedAgreement | undefined {
    try {
      return relayedAgreement(this.#ports.suite, this.#ports.random, share);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      return undefined;
    }
  }

  #context(pn: PNRecord, pnID: Uint8Array, member: PNMember): PairContext {
    const { rand: randPNE } = member;
    return memberContext(this.#ports.serverID, pn, pnID, member, { randPNE, randServer: pn.randServer });
  }

  /**
   * One LocalEUKey in two copies, when the PNE asked and both EUKeys are known (C-01, C-02); of the pre-assigned key of
   * a PNE without UI (LEU-02) the PN GW's copy, where the Server knows the Temporary Key that the PNE derives it from.
   */
  async #localKey(
    tables: ServerTables,
    pn: PNRecord,
    pnID: Uint8Array,
    member: PNMember,
  ): Promise<WrappedKeys | undefined> {
    const { suite, random, clock } = this.#ports;
    const pne = await tables.entities.get(hex(member.entityID));
    const gateway = await tables.entities.get(hex(pn.gatewayID));
    const preAssigned = (member.flags & PairFlag.preAssigned) !== 0;
    const device = preAssigned ? await tables.devices.get(hex(member.entityID)) : undefined;
    const wanted = device !== undefined || (member.flags & PairFlag.localKey) !== 0;
    if (!wanted || pne?.role !== "pne" || !pne.committed || !gateway?.committed) return undefined;
    const keyID = pne.lastLocalKeyID + 1;
    await tables.entities.put(hex(member.entityID), { ...pne, lastLocalKeyID: keyID });
    const expiresAt = toSeconds(clock.now()) + localKeyLifetime;
    const context = this.#context(pn, pnID, member);
    const terms = { keyID, expiresAt };
    const localKey =
      device === undefined
        ? new Secret(randomOctets(random, 32))
        : preAssignedKey(suite, device.temporaryKey, context, terms);
    const wrap = (role: "pne" | "gw", key: Uint8Array, owner: Uint8Array): Uint8Array => {
      const keys = deriveKeys(suite, "EUK", key, owner);
      const binding = { role, context, ...terms };
      const wrapped = wrapLocalKey(suite, keys, binding, randomOctets(random, 12), localKey.octets);
      wipeKeys(keys);
      return wrapped;
    };
    const gatewayCopy = wrap("gw", gateway.committed.key, pn.gatewayID);
    const own = preAssigned ? {} : { wrappedKey: wrap("pne", pne.committed.key, member.entityID) };
    localKey.wipe();
    return { ...terms, ...own, gatewayCopy };
  }

  /** The PNEs' hashes → who is in, with hash_server for each who is (PNI-11, PNI-12, C-13, C-16). */
  async authenticate(
    gateway: Uint8Array,
    message: Received<typeof pnAuthenticationResponse>,
  ): Promise<Uint8Array> {
    const { clock, store, log } = this.#ports;
    const { pnID } = message.body;
    const name = pnName(gateway, pnID);
    return store.transaction(async (tables) => {
      const pn = await tables.pns.get(name);
      if (pn?.state !== "pending" || pn.expiresAt <= clock.now()) {
        return encodeMessage(failure, message.exchange, { result: Result.protocol });
      }
      // One try: whatever comes of it, the same rand_server never answers again.
      await tables.pns.delete(name);
      const owner = (await tables.entities.get(hex(gateway)))?.userID;
      const proven: Proven[] = [];
      for (const { entityID, hash } of message.body.members) {
        const member = pn.members.find((one) => equalBytes(one.entityID, entityID));
        if (proven.some((one) => one.member === member)) continue;
        const entity = await tables.entities.get(hex(entityID));
        if (member && owner) proven.push(this.#prove(pn, pnID, member, entity, owner, hash));
      }
      const inside = proven.filter((one) => one.result === Result.ok);
      const inventory = this.#inventory(pn, pnID, inside);
      const results = proven.map((one) => this.#seal(one, inventory));
      if (inside.length > 0) {
        const expiresAt = sessionEnd(this.#ports);
        const members = inside.map((one) => one.member);
        await tables.pns.put(name, { ...pn, state: "established", members, expiresAt });
      }
      log.event("pn.registered", {
        pn: hex(pnID),
        members: inside.length,
        refused: proven.length - inside.length,
      });
      const result = inside.length > 0 ? Result.ok : Result.refused;
      const body = { pnID, result, members: results };
      return encodeMessage(
        pnRegistrationResponse,
        message.exchange,
        result === Result.ok ? { ...body, pnInventory: inventory } : body,
        maximumBackhaulMessage,
      );
    });
  }

  /** Who has left (PNR-14): their sessions end here too; a PN without members is gone. Only its own PN GW may say so. */
  async update(gateway: Uint8Array, message: Received<typeof pnUpdateRequest>): Promise<Uint8Array> {
    const { pnID, left } = message.body;
    const name = pnName(gateway, pnID);
    await this.#ports.store.transaction(async (tables) => {
      const pn = await tables.pns.get(name);
      if (pn?.state !== "established") return;
      const members = pn.members.filter((one) => !left.some((id) => equalBytes(id, one.entityID)));
      if (members.length === 0) await tables.pns.delete(name);
      else await tables.pns.put(name, { ...pn, members });
      this.#ports.log.event("pn.updated", { pn: hex(pnID), members: members.length });
    });
    return encodeMessage(acknowledgement, message.exchange, {});
  }

  #prove(
    pn: PNRecord,
    pnID: Uint8Array,
    member: PNMember,
    entity: EntityRecord | undefined,
    gatewayOwner: Uint8Array,
    hash: Uint8Array,
  ): Proven {
    const { suite, policy } = this.#ports;
    if (entity?.role !== "pne" || entity.committed === undefined) return { member, result: Result.refused };
    // A PN GW has seen it, and could be the one that proves it here (C-18).
    if (entity.committed.origin === "gatewayEscrow") return { member, result: Result.refused };
    const keys = deriveKeys(suite, "EUK", entity.committed.key, member.entityID);
    const context = this.#context(pn, pnID, member);
    const agreement = agreementIn(member);
    const sk = relayedSessionKey(suite, keys, context, agreement);
    agreement?.secret.wipe();
    const holds = equalBytes(hash, hashPNE(suite, keys, context, sk));
    const allowed = policy.mayJoin(member.entityID, entity.userID, pn.gatewayID, gatewayOwner);
    if (!holds || !allowed) {
      wipeKeys(keys);
      sk.wipe();
      return { member, result: holds ? Result.notAuthorized : Result.refused };
    }
    const { id: keyID } = entity.committed;
    const rands = { randPNE: member.rand, randServer: pn.randServer };
    const expiresAt = sessionEnd(this.#ports);
    const session = { sk: sk.octets.slice(), received: 0, next: 1, expiresAt, keyID, ...rands };
    const answer = (inventory: Uint8Array): Uint8Array => {
      const made = hashServer(suite, keys, context, sk, hash, inventory);
      wipeKeys(keys);
      sk.wipe();
      return made;
    };
    const { ecdh, share, ...lasting } = member;
    return { member: { ...lasting, session }, result: Result.ok, answer };
  }

  #inventory(pn: PNRecord, pnID: Uint8Array, inside: readonly Proven[]): Uint8Array {
    const members = inside.map(({ member }) => {
      const { name } = readPNEInfo(member.pneInfo);
      return name === undefined ? { entityID: member.entityID } : { entityID: member.entityID, name };
    });
    const starts = inside.find(({ member }) => (member.flags & PairFlag.initiator) !== 0);
    const alias = starts === undefined ? pn.alias : readPNEInfo(starts.member.pneInfo).alias;
    const labels = alias === undefined ? {} : { alias };
    return encode(pnInventory, { pnID, gateway: pn.gatewayID, members, ...labels });
  }

  #seal(
    one: Proven,
    inventory: Uint8Array,
  ): { readonly entityID: Uint8Array; readonly result: number; readonly hash?: Uint8Array } {
    const { entityID } = one.member;
    if (one.answer === undefined) return { entityID, result: one.result };
    return { entityID, result: one.result, hash: one.answer(inventory) };
  }
}

interface Proven {
  readonly member: PNMember;
  readonly result: Result;
  /** Makes hash_server once the inventory is known, and wipes the keys. */
  readonly answer?: (inventory: Uint8Array) => Uint8Array;
}

/** Answers a PNE's share with one of the Server's. Throws CryptoError("crypto.point"). */
export function relayedAgreement(suite: CurveSuite, random: Random, sharePNE: Uint8Array): RelayedAgreement {
  const { share: shareServer, secret } = answerShare(suite, random, sharePNE);
  return { sharePNE, shareServer, secret };
}

/** What was agreed at registration, from the tables; the secret is the row's own octets. */
function agreementIn({ pneInfo, ecdh, share }: PNMember): RelayedAgreement | undefined {
  const { share: sharePNE } = readPNEInfo(pneInfo);
  if (ecdh === undefined || share === undefined || sharePNE === undefined) return undefined;
  return { sharePNE, shareServer: share, secret: new Secret(ecdh.slice()) };
}

/** When a session that is made now ends (GWA-01). */
export const sessionEnd = ({ clock, limits = defaultLimits }: ServerPorts): Milliseconds =>
  Milliseconds(clock.now() + toMilliseconds(limits.lifetime));

/** What PNE and Server must agree on about this member, with the RANDs of one of its sessions. */
export const memberContext = (
  server: Uint8Array,
  pn: PNRecord,
  pnID: Uint8Array,
  member: PNMember,
  rands: { readonly randPNE: Uint8Array; readonly randServer: Uint8Array },
): PairContext => ({
  pnID,
  pne: member.entityID,
  gateway: pn.gatewayID,
  server,
  pneInfo: member.pneInfo,
  flags: member.flags,
  randPNE: rands.randPNE,
  randServer: rands.randServer,
});
