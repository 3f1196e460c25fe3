import { CpnsError } from "../../base/errors.js";
import { ascii, equalBytes, hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { acknowledgement, failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { encode } from "../../codec/schema.js";
import { checkRands } from "../../crypto/keys/directKeys.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import {
  hashPNE,
  hashServer,
  type RelayedAgreement,
  relayedSessionKey,
} from "../../crypto/keys/relayedKeys.js";
import { Secret } from "../../crypto/secret.js";
import { dissolve, memberName, pnName, removeMember } from "../../database/networks.js";
import { seen } from "../../database/ownership.js";
import { pushTo } from "../../database/pushes.js";
import { wantRenewal } from "../../database/renewal.js";
import type { MemberSession, PNMember, PNRecord } from "../../database/rows/networks.js";
import type { ServerTables } from "../../database/store.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { Capability } from "../discovery/messages.js";
import { isContents } from "../topics/offered.js";
import { type PNEInfo, pairFlags, readPNEInfo } from "./context.js";
import { inventoryOctets } from "./inventory.js";
import type { pnUpdateRequest } from "./invitations.js";
import { LocalKeys } from "./localKeys.js";
import { memberContext, relayedAgreement, sessionEnd } from "./memberSessions.js";
import {
  gatewayInfo,
  LinkKey,
  maximumBackhaulMessage,
  PairFlag,
  pnAuthenticationRequest,
  type pnAuthenticationResponse,
  type pnRegistrationRequest,
  pnRegistrationResponse,
} from "./messages.js";
import { haveOneOwner, mayJoin, type Party } from "./policy.js";

/** Between PNRegistrationRequest and the hashes: devices handshake with the PN GW in between. */
const pendingLifetime = 120_000;
/** PNs at the PN GWs of one owner; and those in which nobody has proven anything yet, of which the oldest gives way. */
const maximumPNs = 512;
const maximumPending = 64;

type Asked = Received<typeof pnRegistrationRequest>["body"];
type Hash = Received<typeof pnAuthenticationResponse>["body"]["members"][number];

/** The Server's side of PN establishment (PNI-05, PNI-11, PNI-12; GWI-06, GWI-12, GWI-13). */
export class PNServer {
  readonly #ports: ServerPorts;
  readonly #localKeys: LocalKeys;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
    this.#localKeys = new LocalKeys(ports);
  }

  /** PNRegistrationRequest → rand_server and the wrapped LocalEUKeys (PNI-05a, PNI-05b). */
  async register(
    tables: ServerTables,
    gateway: Uint8Array,
    message: Received<typeof pnRegistrationRequest>,
  ): Promise<Uint8Array> {
    const refuse = (result: Result): Uint8Array => encodeMessage(failure, message.exchange, { result });
    const { pnID, alias, gatewayInfo: info } = message.body;
    const name = pnName(gateway, pnID);
    const entity = await tables.entities.get(hex(gateway));
    if (entity === undefined || (await tables.pns.get(name)) !== undefined) return refuse(Result.protocol);
    const owner = hex(entity.owner);
    if ((await tables.pns.count("owner", owner)) >= maximumPNs) return refuse(Result.full);
    if ((await tables.pns.count("pending", owner)) >= maximumPending) await dropPending(tables, owner);
    const randServer = randomOctets(this.#ports.random, 32);
    const endsAt = Milliseconds(this.#ports.clock.now() + pendingLifetime);
    const members = this.#members(message.body, gateway, randServer, endsAt);
    if (members.length === 0) return refuse(Result.refused);
    const pn: PNRecord = {
      established: false,
      pnID,
      gatewayID: gateway,
      owner: entity.owner,
      randServer,
      ...(alias !== undefined && { alias }),
      ...(info && { gatewayInfo: encode(gatewayInfo, info) }),
      size: members.length,
      endsAt,
    };
    await tables.pns.put(name, pn);
    const keys = deriveKeys(this.#ports.suite, "EUK", entity.committed.key, gateway);
    const offered = [];
    for (const member of members) {
      const context = memberContext(this.#ports.serverID, pn, member, { randPNE: member.rand, randServer });
      const may = await this.#mayJoin(tables, member, { id: gateway, entity });
      const wrapped = await this.#localKeys.make(tables, member, context, keys, may);
      const { entityID, share } = member;
      const own = wrapped === undefined ? member : { ...member, localKeyID: wrapped.keyID };
      await tables.members.put(memberName(gateway, pnID, entityID), own);
      offered.push({ entityID, ...wrapped, ...(share && { share }) });
    }
    wipeKeys(keys);
    const body = { pnID, rand: randServer, members: offered };
    return encodeMessage(pnAuthenticationRequest, message.exchange, body, maximumBackhaulMessage);
  }

  async #mayJoin(tables: ServerTables, member: PNMember, gateway: Party): Promise<boolean> {
    const { entityID: id, pneInfo } = member;
    const entity = await tables.entities.get(hex(id));
    const { flags } = readPNEInfo(pneInfo);
    return entity?.role === "pne" && mayJoin(tables, this.#ports, { id, entity, flags }, gateway);
  }

  /** What cannot be a member is left out, and nobody else for it; so is who calls himself what another does. */
  #members(body: Asked, gatewayID: Uint8Array, randServer: Uint8Array, endsAt: Milliseconds): PNMember[] {
    const members = new Map<string, PNMember>();
    for (const asked of body.members) {
      try {
        const info = readPNEInfo(asked.pneInfo);
        checkRands(randServer, asked.rand);
        const name = hex(info.entityID);
        if (!isConsistent(info) || members.has(name)) continue;
        const { entityID } = info;
        const flags = pairFlags(info, (asked.flags & PairFlag.initiator) !== 0);
        const answered = info.share && relayedAgreement(this.#ports.suite, this.#ports.random, info.share);
        const { pneInfo, rand } = asked;
        members.set(name, {
          gatewayID,
          pnID: body.pnID,
          entityID,
          pneInfo,
          flags,
          rand,
          endsAt,
          ...(answered && { ecdh: answered.secret.octets, share: answered.shareServer }),
        });
      } catch (error) {
        if (!(error instanceof CpnsError)) throw error;
      }
    }
    return [...members.values()];
  }

  /** The PNEs' hashes → who is in, with hash_server for each who is (PNI-11, PNI-12, C-13, C-16). */
  async authenticate(
    tables: ServerTables,
    gateway: Uint8Array,
    message: Received<typeof pnAuthenticationResponse>,
  ): Promise<Uint8Array> {
    const { pnID } = message.body;
    const name = pnName(gateway, pnID);
    const pn = await tables.pns.get(name);
    const own = await tables.entities.get(hex(gateway));
    if (pn === undefined || pn.established || own === undefined) {
      return encodeMessage(failure, message.exchange, { result: Result.protocol });
    }
    const proven = new Map<string, Proven>();
    for (const one of message.body.members) {
      const entity = hex(one.entityID);
      const member = proven.has(entity) ? undefined : await tables.members.get(`${name}/${entity}`);
      if (member)
        proven.set(entity, await this.#prove(tables, pn, member, { id: gateway, entity: own }, one));
    }
    // One try: whatever comes of it, the same rand_server never answers again.
    await dissolve(tables, name);
    const all = [...proven.values()];
    const inside = all.filter((one) => one.result === Result.ok);
    const inventory = this.#inventory(pn, inside);
    const results = all.map((one) => verdict(one, inventory));
    await this.#establish(tables, pn, inside);
    const refused = all.length - inside.length;
    tables.log.event("pn.registered", { pn: hex(pnID), members: inside.length, refused });
    const result = inside.length > 0 ? Result.ok : Result.refused;
    const body = { pnID, result, members: results };
    return encodeMessage(
      pnRegistrationResponse,
      message.exchange,
      result === Result.ok ? { ...body, pnInventory: inventory } : body,
      maximumBackhaulMessage,
    );
  }

  async #establish(tables: ServerTables, pn: PNRecord, inside: readonly Proven[]): Promise<void> {
    if (inside.length === 0) return;
    const { clock } = this.#ports;
    const endsAt = sessionEnd(this.#ports);
    const name = pnName(pn.gatewayID, pn.pnID);
    await tables.pns.put(name, { ...pn, established: true, size: inside.length, endsAt });
    for (const { member, pne } of inside) {
      const { ecdh, share, localKeyID, ...lasting } = member;
      const entity = hex(member.entityID);
      await tables.members.put(`${name}/${entity}`, { ...lasting, endsAt });
      if (pne === undefined) continue;
      await seen(tables, entity, pne.entity, clock.now());
      const renewal = pne.entity.renewal === true ? await wantRenewal(tables, pne.id) : undefined;
      if (renewal !== undefined) await pushTo(tables, renewal, clock.now());
    }
  }

  /** Who has left (PNR-14): their sessions end here too; a PN without members is gone. Only its own PN GW may say so. */
  async update(
    tables: ServerTables,
    gateway: Uint8Array,
    message: Received<typeof pnUpdateRequest>,
  ): Promise<Uint8Array> {
    const { pnID, left } = message.body;
    for (const entityID of left) {
      const pn = await tables.pns.get(pnName(gateway, pnID));
      if (pn?.established === true) await removeMember(tables, pn, hex(entityID));
    }
    tables.log.event("pn.updated", { pn: hex(pnID), left: left.length });
    return encodeMessage(acknowledgement, message.exchange, {});
  }

  /** A PNE without a key has the same done for it, under a key that nobody has. */
  async #prove(
    tables: ServerTables,
    pn: PNRecord,
    member: PNMember,
    gateway: Party,
    { entityID, hash }: Hash,
  ): Promise<Proven> {
    const { suite, serverID, secrets } = this.#ports;
    const entity = await tables.entities.get(hex(entityID));
    // A PN GW has seen an escrowed key, and could be the one that proves it here (C-18).
    const good = entity?.role === "pne" && entity.committed.origin !== "gatewayEscrow" ? entity : undefined;
    const key = good?.committed.key ?? suite.hmac(secrets.unknown.octets, ascii("key"), entityID);
    const keys = deriveKeys(suite, "EUK", key, entityID);
    const rands = { randPNE: member.rand, randServer: pn.randServer };
    const context = memberContext(serverID, pn, member, rands);
    const agreement = agreementIn(member);
    const sk = relayedSessionKey(suite, keys, context, agreement);
    agreement?.secret.wipe();
    const holds = equalBytes(hash, hashPNE(suite, keys, context, sk)) && good !== undefined;
    const pne = good && { id: entityID, entity: good, flags: readPNEInfo(member.pneInfo).flags };
    const allowed = pne !== undefined && (await mayJoin(tables, this.#ports, pne, gateway));
    if (holds) await this.#localKeys.used(tables, member);
    if (!holds || !allowed) {
      wipeKeys(keys);
      sk.wipe();
      return { member, result: holds ? Result.notAuthorized : Result.refused };
    }
    const endsAt = sessionEnd(this.#ports);
    const { id: keyID } = good.committed;
    const session: MemberSession = { sk: sk.octets.slice(), received: 0, next: 1, endsAt, keyID, ...rands };
    const answer = (inventory: Uint8Array): Uint8Array => {
      const own = pne !== undefined && haveOneOwner(pne, gateway);
      const made = hashServer(suite, keys, context, sk, hash, inventory, own);
      wipeKeys(keys);
      sk.wipe();
      return made;
    };
    return { member: { ...member, session }, pne, result: Result.ok, answer };
  }

  #inventory(pn: PNRecord, inside: readonly Proven[]): Uint8Array {
    const members = inside.map(({ member }) => {
      const { name, contents } = readPNEInfo(member.pneInfo);
      return {
        entityID: member.entityID,
        ...(name !== undefined && { name }),
        ...(contents !== undefined && isContents(contents) && { contents }),
      };
    });
    const starts = inside.find(({ member }) => (member.flags & PairFlag.initiator) !== 0);
    const alias = starts === undefined ? pn.alias : readPNEInfo(starts.member.pneInfo).alias;
    const labels = alias === undefined ? {} : { alias };
    const { pnID, gatewayID: gateway } = pn;
    return inventoryOctets({ pnID, gateway, members, ...labels });
  }
}

/** LEU-01, LEU-02, C-31: what has UI gets a LocalEUKey, what has none its pre-assigned key. */
function isConsistent({ linkKey, flags }: PNEInfo): boolean {
  const hasUI = (flags & Capability.ui) !== 0;
  return linkKey === LinkKey.none || (linkKey === LinkKey.localEUKey) === hasUI;
}

/** The oldest of those in which nobody has proven anything. */
async function dropPending(tables: ServerTables, owner: string): Promise<void> {
  const oldest = await tables.pns.dropOldest("pending", owner);
  if (oldest !== undefined) await dissolve(tables, oldest);
}

interface Proven {
  readonly member: PNMember;
  readonly pne?: Party | undefined;
  readonly result: Result;
  /** Makes hash_server once the inventory is known, and wipes the keys. */
  readonly answer?: (inventory: Uint8Array) => Uint8Array;
}

function verdict(
  { member, result, answer }: Proven,
  inventory: Uint8Array,
): { readonly entityID: Uint8Array; readonly result: number; readonly hash?: Uint8Array } {
  const { entityID } = member;
  return answer === undefined ? { entityID, result } : { entityID, result, hash: answer(inventory) };
}

/** What was agreed at registration, from the tables. */
function agreementIn({ pneInfo, ecdh, share }: PNMember): RelayedAgreement | undefined {
  const { share: sharePNE } = readPNEInfo(pneInfo);
  if (ecdh === undefined || share === undefined || sharePNE === undefined) return undefined;
  return { sharePNE, shareServer: share, secret: new Secret(ecdh.slice()) };
}
