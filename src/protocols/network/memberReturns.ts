import { hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { maximumRows, memberName, pnName } from "../../database/networks.js";
import type { PNMember, PNRecord } from "../../database/rows/networks.js";
import type { ServerTables } from "../../database/store.js";
import { isAhead } from "../../database/table.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { inventoryOf, type MemberProofs } from "./memberProofs.js";
import { sessionEnd } from "./memberSessions.js";
import {
  maximumBackhaulMessage,
  pnAuthenticationRequest,
  type pnAuthenticationResponse,
  type pnRegistrationRequest,
} from "./messages.js";
import type { Party } from "./policy.js";
import { enter, pendingLifetime, registered } from "./registration.js";

/**
 * A member that has lost its power comes back into the PN that stands (PNI-05, PNI-11): it proves itself anew, alone, by a
 * rand_server of its own. Until it has, everything stays as it was; nobody else in the PN notices, as all have it in
 * their inventories.
 */
export class MemberReturns {
  readonly #ports: ServerPorts;
  readonly #proofs: MemberProofs;

  constructor(ports: ServerPorts, proofs: MemberProofs) {
    this.#ports = ports;
    this.#proofs = proofs;
  }

  /** PNRegistrationRequest of one who is a member. */
  async register(
    tables: ServerTables,
    pn: PNRecord,
    gateway: Party,
    { exchange, body }: Received<typeof pnRegistrationRequest>,
  ): Promise<Uint8Array> {
    const endsAt = Milliseconds(this.#ports.clock.now() + pendingLifetime);
    const place = { ...pn, randServer: randomOctets(this.#ports.random, 32) };
    const members = this.#proofs.members(body, place, endsAt);
    const [asked] = members;
    const name = asked === undefined ? "" : memberName(gateway.id, pn.pnID, asked.entityID);
    const before = members.length === 1 ? await tables.members.get(name) : undefined;
    const [offered] = before === undefined ? [] : await this.#proofs.offer(tables, place, members, gateway);
    if (before === undefined || offered === undefined) {
      return encodeMessage(failure, exchange, { result: Result.refused });
    }
    const { pneInfo, flags, rand, ecdh, share, localKeyID } = offered.member;
    const { pnID, randServer } = place;
    const keyed = { ...(ecdh && { ecdh }), ...(share && { share }), ...(localKeyID && { localKeyID }) };
    const returning = { pneInfo, flags, rand, randServer, endsAt, ...keyed };
    await tables.members.put(name, { ...before, returning });
    const answer = { pnID, rand: randServer, members: [offered.said] };
    return encodeMessage(pnAuthenticationRequest, exchange, answer, maximumBackhaulMessage);
  }

  /** Its hash → the inventory of now, with hash_server. One try, whatever comes of it. */
  async authenticate(
    tables: ServerTables,
    pn: PNRecord,
    gateway: Party,
    { exchange, body }: Received<typeof pnAuthenticationResponse>,
  ): Promise<Uint8Array> {
    const { pnID, gatewayID } = pn;
    const now = this.#ports.clock.now();
    const [one] = body.members;
    const name = one === undefined ? "" : memberName(gateway.id, pnID, one.entityID);
    const row = await tables.members.get(name);
    if (one === undefined || row?.returning === undefined || body.members.length !== 1) {
      return encodeMessage(failure, exchange, { result: Result.protocol });
    }
    const { returning, ...before } = row;
    const { randServer, ...asked } = returning;
    await tables.members.put(name, before);
    if (!isAhead(returning.endsAt, now, Milliseconds(pendingLifetime))) {
      return encodeMessage(failure, exchange, { result: Result.protocol });
    }
    const member: PNMember = { ...asked, entityID: one.entityID, pnID, gatewayID };
    const proven = await this.#proofs.prove(tables, { ...pn, randServer }, member, gateway, one);
    if (proven.result !== Result.ok) return registered(exchange, pnID, [proven], undefined);
    const rows = await tables.members.find("pn", pnName(gatewayID, pnID), maximumRows);
    const all = rows.map(({ key, value }) => (key === name ? proven.member : value));
    const endsAt = Milliseconds(Math.max(pn.endsAt, sessionEnd(this.#ports)));
    await tables.pns.put(pnName(gatewayID, pnID), { ...pn, endsAt });
    await enter(tables, this.#ports, proven);
    tables.log.event("pn.returned", { pn: hex(pnID), entity: hex(one.entityID) });
    return registered(exchange, pnID, [proven], inventoryOf(pn, all, pn.alias));
  }
}
