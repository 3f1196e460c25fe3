import { equalBytes, hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { maximumRows, memberName, pendingLifetime, pnName, withoutLapsed } from "../../database/networks.js";
import type { PNMember, PNRecord } from "../../database/rows/networks.js";
import type { ServerTables } from "../../database/store.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { inventoryOf, type MemberProofs, type Proven } from "./memberProofs.js";
import { sessionEnd } from "./memberSessions.js";
import {
  maximumBackhaulMessage,
  maximumMembers,
  PairFlag,
  pnAuthenticationRequest,
  type pnAuthenticationResponse,
  type pnRegistrationRequest,
} from "./messages.js";
import type { Party } from "./policy.js";
import { enter, infoIn, registered } from "./registration.js";

/** Who wants into one PN and has proven nothing, at once. */
const maximumWaiting = 64;

interface Row {
  readonly key: string;
  readonly value: PNMember;
}

/**
 * A PN that stands (PNI-05, PNI-11): a member takes part anew, after a loss of power or because others have come in, and
 * who is not in it comes in. Each proves itself by a rand_server of its own. Until then everything stays as it was; the
 * members learn of who has come in by taking part anew, as nobody is in an inventory whom the Server has not proven to them.
 */
export class StandingPNs {
  readonly #ports: ServerPorts;
  readonly #proofs: MemberProofs;

  constructor(ports: ServerPorts, proofs: MemberProofs) {
    this.#ports = ports;
    this.#proofs = proofs;
  }

  /** PNRegistrationRequest: of one member, or of any number who are none. */
  async register(
    tables: ServerTables,
    pn: PNRecord,
    gateway: Party,
    { exchange, body }: Received<typeof pnRegistrationRequest>,
  ): Promise<Uint8Array> {
    const endsAt = Milliseconds(this.#ports.clock.now() + pendingLifetime);
    const place = { ...pn, randServer: randomOctets(this.#ports.random, 32) };
    const asked = this.#proofs.members(body, place, endsAt);
    const refusal = await this.#refusal(tables, pn, gateway, asked);
    if (refusal !== undefined) return encodeMessage(failure, exchange, { result: refusal });
    await this.#note(tables, pn, infoIn(body)?.gatewayInfo);
    const offered = await this.#proofs.offer(tables, place, asked, gateway);
    const { pnID, randServer } = place;
    for (const { member } of offered) {
      const { pneInfo, flags, rand, ecdh, share, localKeyID } = member;
      const keyed = { ...(ecdh && { ecdh }), ...(share && { share }), ...(localKeyID && { localKeyID }) };
      const returning = { pneInfo, flags, rand, randServer, endsAt, ...keyed };
      const name = memberName(gateway.id, pnID, member.entityID);
      const before = await tables.members.get(name);
      await tables.members.put(name, { ...(before && isIn(before) ? before : stranger(member)), returning });
    }
    const answer = { pnID, rand: randServer, members: offered.map(({ said }) => said) };
    return encodeMessage(pnAuthenticationRequest, exchange, answer, maximumBackhaulMessage);
  }

  /** The PN GW is not what it was when it registered the PN: it has a SIM by now, or another radio (C-29). */
  async #note({ pns }: ServerTables, pn: PNRecord, gatewayInfo: Uint8Array | undefined): Promise<void> {
    if (gatewayInfo === undefined || (pn.gatewayInfo && equalBytes(gatewayInfo, pn.gatewayInfo))) return;
    await pns.put(pnName(pn.gatewayID, pn.pnID), { ...pn, gatewayInfo });
  }

  async #refusal(
    tables: ServerTables,
    pn: PNRecord,
    gateway: Party,
    asked: readonly PNMember[],
  ): Promise<Result | undefined> {
    const rows = await this.#rows(tables, pn);
    const names = new Set(rows.filter(({ value }) => isIn(value)).map(({ key }) => key));
    const fresh = asked.filter((one) => !names.has(memberName(gateway.id, pn.pnID, one.entityID)));
    if (asked.length === 0) return Result.refused;
    if (fresh.length === 0) return asked.length === 1 ? undefined : Result.refused;
    if (fresh.length < asked.length) return Result.refused;
    if (names.size + fresh.length > maximumMembers) return Result.full;
    if (rows.length - names.size + fresh.length > maximumWaiting) return Result.busy;
    const inside = rows.map(({ value }) => value).filter(isIn);
    for (const one of fresh.filter(startsIt)) {
      if (!(await isHis(tables, pn, inside, one))) return Result.notAuthorized;
    }
    return undefined;
  }

  /** All of the PN, and who wants into it. */
  async #rows(tables: ServerTables, { gatewayID, pnID }: PNRecord): Promise<readonly Row[]> {
    const now = this.#ports.clock.now();
    const rows: Row[] = [];
    for (const { key, value } of await tables.members.find("pn", pnName(gatewayID, pnID), maximumRows)) {
      const kept = withoutLapsed(value, now);
      if (kept.returning === undefined && value.returning !== undefined) await tables.members.put(key, kept);
      rows.push({ key, value: kept });
    }
    return rows;
  }

  /** Their hashes → the inventory of now, with hash_server for each. One try, whatever comes of it. */
  async authenticate(
    tables: ServerTables,
    pn: PNRecord,
    gateway: Party,
    { exchange, body }: Received<typeof pnAuthenticationResponse>,
  ): Promise<Uint8Array> {
    const { pnID, gatewayID } = pn;
    const inside = new Map<string, PNMember>();
    for (const { key, value } of await this.#rows(tables, pn)) if (isIn(value)) inside.set(key, value);
    const proven: Proven[] = [];
    for (const one of body.members) {
      const name = memberName(gateway.id, pnID, one.entityID);
      const taken = await this.#take(tables, name);
      if (taken === undefined) continue;
      const { randServer, ...offered } = taken;
      const member: PNMember = { ...offered, entityID: one.entityID, pnID, gatewayID };
      const refusal = inside.has(name) ? undefined : await this.#closed(tables, pn, inside, member);
      const outcome: Proven =
        refusal !== undefined
          ? { member, result: refusal }
          : await this.#proofs.prove(tables, { ...pn, randServer }, member, gateway, one);
      proven.push(outcome);
      if (outcome.result !== Result.ok) continue;
      const event = inside.has(name) ? "pn.returned" : "pn.entered";
      inside.set(name, outcome.member);
      await enter(tables, this.#ports, outcome);
      tables.log.event(event, { pn: hex(pnID), entity: hex(one.entityID) });
    }
    if (proven.length === 0) return encodeMessage(failure, exchange, { result: Result.protocol });
    if (proven.every(({ result }) => result !== Result.ok)) {
      return registered(exchange, pnID, proven, undefined);
    }
    const endsAt = Milliseconds(Math.max(pn.endsAt, sessionEnd(this.#ports)));
    await tables.pns.put(pnName(gatewayID, pnID), { ...pn, size: inside.size, endsAt });
    return registered(exchange, pnID, proven, inventoryOf(pn, [...inside.values()], pn.alias));
  }

  /** Others may have come in since it was offered its proof: it is full, or not its owner's alone any longer. */
  async #closed(
    tables: ServerTables,
    pn: PNRecord,
    inside: ReadonlyMap<string, PNMember>,
    member: PNMember,
  ): Promise<Result | undefined> {
    if (inside.size >= maximumMembers) return Result.full;
    const may = !startsIt(member) || (await isHis(tables, pn, [...inside.values()], member));
    return may ? undefined : Result.notAuthorized;
  }

  /** What it was offered, once; undefined when that was nothing. What is over `#rows` has taken away before. */
  async #take(tables: ServerTables, name: string) {
    const row = await tables.members.get(name);
    if (row?.returning === undefined) return undefined;
    const { returning, ...before } = row;
    if (isIn(before)) await tables.members.put(name, before);
    else await tables.members.delete(name);
    return returning;
  }
}

/** It has proven itself. */
const isIn = (row: PNMember): boolean => row.session !== undefined;

const startsIt = ({ flags }: PNMember): boolean => (flags & PairFlag.initiator) !== 0;

/**
 * Who is in has said yes to the network of who started it: by themselves only devices of his come in; and into one in
 * which all are of one User, that User's.
 */
async function isHis(
  tables: ServerTables,
  pn: PNRecord,
  inside: readonly PNMember[],
  one: PNMember,
): Promise<boolean> {
  const owner = await ownerOf(tables, one);
  if (owner === undefined) return false;
  if (owner === hex(pn.starter ?? pn.owner)) return true;
  for (const other of inside) if ((await ownerOf(tables, other)) !== owner) return false;
  return true;
}

async function ownerOf({ entities }: ServerTables, { entityID }: PNMember): Promise<string | undefined> {
  const entity = await entities.get(hex(entityID));
  return entity?.role === "pne" ? hex(entity.owner) : undefined;
}

/** The row of one who is no member yet. */
const stranger = ({ ecdh, share, localKeyID, ...row }: PNMember): PNMember => row;
