import { CpnsError } from "../../base/errors.js";
import { ascii, equalBytes, hex } from "../../base/octets.js";
import type { Milliseconds } from "../../base/units.js";
import type { Received } from "../../codec/message.js";
import { Result } from "../../codec/results.js";
import { checkRands } from "../../crypto/keys/directKeys.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import {
  hashPNE,
  hashServer,
  type RelayedAgreement,
  relayedSessionKey,
} from "../../crypto/keys/relayedKeys.js";
import { Secret } from "../../crypto/secret.js";
import type { MemberSession, PNMember, PNRecord } from "../../database/rows/networks.js";
import type { ServerTables } from "../../database/store.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { Capability } from "../discovery/messages.js";
import { isContents } from "../topics/offered.js";
import { type PNEInfo, pairFlags, readPNEInfo } from "./context.js";
import { inventoryOctets } from "./inventory.js";
import { LocalKeys } from "./localKeys.js";
import { memberContext, relayedAgreement, sessionEnd } from "./memberSessions.js";
import { LinkKey, PairFlag, type pnAuthenticationResponse, type pnRegistrationRequest } from "./messages.js";
import { haveOneOwner, mayJoin, type Party } from "./policy.js";

type Asked = Received<typeof pnRegistrationRequest>["body"];
type Hash = Received<typeof pnAuthenticationResponse>["body"]["members"][number];

/** A PN, with the RAND by which members prove themselves now. */
type Place = Pick<PNRecord, "pnID" | "gatewayID" | "randServer">;

/** What came of a member's hash. */
export interface Proven {
  readonly member: PNMember;
  readonly pne?: Party | undefined;
  readonly result: Result;
  /** Makes hash_server once the inventory is known, and wipes the keys. */
  readonly answer?: (inventory: Uint8Array) => Uint8Array;
}

/** What the Server offers a PNE that wants into a PN, and how it proves itself (PNI-05, PNI-11). */
export class MemberProofs {
  readonly #ports: ServerPorts;
  readonly #localKeys: LocalKeys;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
    this.#localKeys = new LocalKeys(ports);
  }

  /** What cannot be a member is left out, and nobody else for it; so is who calls himself what another does. */
  members(body: Asked, { gatewayID, randServer }: Place, endsAt: Milliseconds): PNMember[] {
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

  /** Members with the ids of their LocalEUKeys, and what each is told (PNI-05b). */
  async offer(tables: ServerTables, pn: Place, members: readonly PNMember[], gateway: Party) {
    const { suite, serverID } = this.#ports;
    const keys = deriveKeys(suite, "EUK", gateway.entity.committed.key, gateway.id);
    const offered = [];
    for (const member of members) {
      const rands = { randPNE: member.rand, randServer: pn.randServer };
      const context = memberContext(serverID, pn, member, rands);
      const may = await this.#mayJoin(tables, member, gateway);
      const wrapped = await this.#localKeys.make(tables, member, context, keys, may);
      const { entityID, share } = member;
      const own = wrapped === undefined ? member : { ...member, localKeyID: wrapped.keyID };
      offered.push({ member: own, said: { entityID, ...wrapped, ...(share && { share }) } });
    }
    wipeKeys(keys);
    return offered;
  }

  async #mayJoin(tables: ServerTables, member: PNMember, gateway: Party): Promise<boolean> {
    const { entityID: id, pneInfo } = member;
    const entity = await tables.entities.get(hex(id));
    const { flags } = readPNEInfo(pneInfo);
    return entity?.role === "pne" && mayJoin(tables, this.#ports, { id, entity, flags }, gateway);
  }

  /** A PNE without a key has the same done for it, under a key that nobody has. */
  async prove(
    tables: ServerTables,
    pn: Place,
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
}

/** The PN's inventory of these members; `alias`: its label for people. */
export function inventoryOf(
  { pnID, gatewayID: gateway }: Place,
  inside: readonly PNMember[],
  alias: string | undefined,
): Uint8Array {
  const members = inside.map(({ entityID, pneInfo }) => {
    const { name, contents } = readPNEInfo(pneInfo);
    return {
      entityID,
      ...(name !== undefined && { name }),
      ...(contents !== undefined && isContents(contents) && { contents }),
    };
  });
  return inventoryOctets({ pnID, gateway, members, ...(alias !== undefined && { alias }) });
}

/** What its initiator calls the PN, if that is among these. */
export function aliasOf(members: readonly PNMember[]): { readonly alias?: string } | undefined {
  const starts = members.find((member) => (member.flags & PairFlag.initiator) !== 0);
  if (starts === undefined) return undefined;
  const { alias } = readPNEInfo(starts.pneInfo);
  return alias === undefined ? {} : { alias };
}

/** LEU-01, LEU-02, C-31: what has UI gets a LocalEUKey, what has none its pre-assigned key. */
function isConsistent({ linkKey, flags }: PNEInfo): boolean {
  const hasUI = (flags & Capability.ui) !== 0;
  return linkKey === LinkKey.none || (linkKey === LinkKey.localEUKey) === hasUI;
}

/** What was agreed at registration, from the tables. */
function agreementIn({ pneInfo, ecdh, share }: PNMember): RelayedAgreement | undefined {
  const { share: sharePNE } = readPNEInfo(pneInfo);
  if (ecdh === undefined || share === undefined || sharePNE === undefined) return undefined;
  return { sharePNE, shareServer: share, secret: new Secret(ecdh.slice()) };
}
