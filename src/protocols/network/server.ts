import { hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { acknowledgement, failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { dissolve, memberName, pendingLifetime, pnName, removeMember } from "../../database/networks.js";
import type { ServerTables } from "../../database/store.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import type { pnUpdateRequest } from "./invitations.js";
import { aliasOf, inventoryOf, MemberProofs, type Proven } from "./memberProofs.js";
import { sessionEnd } from "./memberSessions.js";
import {
  maximumBackhaulMessage,
  PairFlag,
  pnAuthenticationRequest,
  type pnAuthenticationResponse,
  type pnRegistrationRequest,
} from "./messages.js";
import { enter, infoIn, registered } from "./registration.js";
import { StandingPNs } from "./standing.js";

/** PNs at the PN GWs of one owner; and those in which nobody has proven anything yet, of which the oldest gives way. */
const maximumPNs = 512;
const maximumPending = 64;

/** The Server's side of PN establishment (PNI-05, PNI-11, PNI-12; GWI-06, GWI-12, GWI-13). */
export class PNServer {
  readonly #ports: ServerPorts;
  readonly #proofs: MemberProofs;
  readonly #standing: StandingPNs;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
    this.#proofs = new MemberProofs(ports);
    this.#standing = new StandingPNs(ports, this.#proofs);
  }

  /**
   * PNRegistrationRequest → rand_server and the wrapped LocalEUKeys (PNI-05a, PNI-05b). For a PN that stands already
   * see StandingPNs.
   */
  async register(
    tables: ServerTables,
    gateway: Uint8Array,
    message: Received<typeof pnRegistrationRequest>,
  ): Promise<Uint8Array> {
    const refuse = (result: Result): Uint8Array => encodeMessage(failure, message.exchange, { result });
    const { pnID, alias } = message.body;
    const name = pnName(gateway, pnID);
    const entity = await tables.entities.get(hex(gateway));
    const standing = await tables.pns.get(name);
    if (entity === undefined || standing?.established === false) return refuse(Result.protocol);
    const party = { id: gateway, entity };
    if (standing !== undefined) return this.#standing.register(tables, standing, party, message);
    const owner = hex(entity.owner);
    if ((await tables.pns.count("owner", owner)) >= maximumPNs) return refuse(Result.full);
    if ((await tables.pns.count("pending", owner)) >= maximumPending) await dropPending(tables, owner);
    const randServer = randomOctets(this.#ports.random, 32);
    const endsAt = Milliseconds(this.#ports.clock.now() + pendingLifetime);
    const place = { pnID, gatewayID: gateway, randServer };
    const members = this.#proofs.members(message.body, place, endsAt);
    if (members.length === 0) return refuse(Result.refused);
    await tables.pns.put(name, {
      ...place,
      established: false,
      owner: entity.owner,
      ...(alias !== undefined && { alias }),
      ...infoIn(message.body),
      size: members.length,
      endsAt,
    });
    const offered = await this.#proofs.offer(tables, place, members, party);
    for (const { member } of offered)
      await tables.members.put(memberName(gateway, pnID, member.entityID), member);
    const body = { pnID, rand: randServer, members: offered.map(({ said }) => said) };
    return encodeMessage(pnAuthenticationRequest, message.exchange, body, maximumBackhaulMessage);
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
    if (pn === undefined || own === undefined) {
      return encodeMessage(failure, message.exchange, { result: Result.protocol });
    }
    const party = { id: gateway, entity: own };
    if (pn.established) return this.#standing.authenticate(tables, pn, party, message);
    const proven = new Map<string, Proven>();
    for (const one of message.body.members) {
      const entity = hex(one.entityID);
      const member = proven.has(entity) ? undefined : await tables.members.get(`${name}/${entity}`);
      if (member) proven.set(entity, await this.#proofs.prove(tables, pn, member, party, one));
    }
    // One try: whatever comes of it, the same rand_server never answers again.
    await dissolve(tables, name);
    const all = [...proven.values()];
    const inside = all.filter((one) => one.result === Result.ok);
    const members = inside.map(({ member }) => member);
    const { alias } = aliasOf(members) ?? pn;
    const inventory = inventoryOf(pn, members, alias);
    if (inside.length > 0) {
      const endsAt = sessionEnd(this.#ports);
      const called = alias === undefined ? {} : { alias };
      const starter = inside.find(({ member }) => (member.flags & PairFlag.initiator) !== 0)?.pne?.entity
        .owner;
      const named = { ...pn, ...called, starter: starter ?? own.owner };
      await tables.pns.put(name, { ...named, established: true, size: inside.length, endsAt });
      for (const one of inside) await enter(tables, this.#ports, one);
    }
    const refused = all.length - inside.length;
    tables.log.event("pn.registered", { pn: hex(pnID), members: inside.length, refused });
    return registered(message.exchange, pnID, all, inventory);
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
}

/** The oldest of those in which nobody has proven anything. */
async function dropPending(tables: ServerTables, owner: string): Promise<void> {
  const oldest = await tables.pns.dropOldest("pending", owner);
  if (oldest !== undefined) await dissolve(tables, oldest);
}
