import type { ErrorCode } from "../../base/errorCodes.js";
import { equalBytes, hex } from "../../base/octets.js";
import { Milliseconds } from "../../base/units.js";
import { encodeMessage } from "../../codec/message.js";
import { decode } from "../../codec/schema.js";
import type { Exchange, GatewayPorts } from "../../procedure/gatewayPorts.js";
import { Asking } from "./asking.js";
import { pnDissolveNotify, pnInventoryNotify, pnUpdateRequest } from "./invitations.js";
import { KeptNetworks, type KeptPN } from "./keptNetworks.js";
import { endOfKeptKey } from "./localKeyLifetime.js";
import { Member, type MemberLink } from "./member.js";
import { maximumBackhaulMessage, maximumMembers, pnInventory } from "./messages.js";
import { type EstablishedPN, memberOf, type Settled, settled } from "./settlement.js";

/** For a member that the Server does not know any more to take part anew. */
const unknownTime = Milliseconds(60_000);
/** Why a member has not come in anew, without a word of the Server about it. */
const passing: ReadonlySet<ErrorCode> = new Set(["result.serverUnreachable", "result.busy", "linkLost"]);
/** How often for another reason: of those who come first one alone makes the PN at a Server that has forgotten it. */
const maximumRefusals = 3;
/** A member that takes part anew, and whose link is lost so soon after the Server has spoken, may not have heard it. */
const sureAfter = Milliseconds(10_000);

/** The Server is asked about so many before a PN is started beside them. */
const maximumTried = 3;

/** For a PNE to disconnect after its PN has ended. */
const partingTime = Milliseconds(5_000);

/** The PNs that the Server has registered, and the routes in them (PNI-04a, PNI-13, GWI-14). */
export class RoutingTable {
  readonly #ports: GatewayPorts;
  readonly #exchange: Exchange;
  readonly #kept: KeptNetworks;
  readonly #pns = new Map<string, EstablishedPN>();
  readonly #asking: Asking;

  /** With the PNs that there were when the PN GW lost its power: their members are away, and may come back (C-33). */
  constructor(ports: GatewayPorts, exchange: Exchange) {
    this.#ports = ports;
    this.#exchange = exchange;
    this.#kept = new KeptNetworks(ports);
    this.#asking = new Asking(ports, (pnID) => this.find(pnID)?.members ?? []);
    for (const kept of this.#kept.all()) {
      const members = kept.members.map((member) => restored(ports, member));
      this.#pns.set(hex(kept.pnID), { ...kept, members });
      for (const member of members) member.away(() => this.remove(kept.pnID, member));
      this.#asking.later(kept.pnID);
      ports.log.event("pn.restored", { pn: hex(kept.pnID), members: members.length });
    }
  }

  /** In flash as it is in memory. */
  #keep(pn: EstablishedPN): void {
    const members = pn.members.map(({ entityID, local, started }) => {
      return { entityID, localKey: local.localKey, started };
    });
    if (members.length === 0) this.#kept.forget(pn.pnID);
    else this.#kept.keep({ ...pn, members });
  }

  /** No key of a LocalEUKey is good any more. */
  forgetKeys(): void {
    for (const pn of this.pns) {
      for (const member of pn.members) member.local.wipe();
      this.#keep(pn);
    }
  }

  get pns(): readonly EstablishedPN[] {
    return [...this.#pns.values()];
  }

  get members(): readonly Member[] {
    return this.pns.flatMap((pn) => pn.members);
  }

  find(pnID: Uint8Array): EstablishedPN | undefined {
    return this.#pns.get(hex(pnID));
  }

  /** The PN that this link is in (C-14: only what the Server has registered). */
  of(link: MemberLink): EstablishedPN | undefined {
    return this.pns.find((pn) => pn.members.some((member) => member.link === link));
  }

  /** PNs that others may come into: that in which the link's PNE is away first, then those with room. */
  open(link?: MemberLink): readonly EstablishedPN[] {
    return openTo(this.pns, link?.entityID).slice(0, maximumTried);
  }

  member(link: MemberLink): Member | undefined {
    return this.of(link)?.members.find((member) => member.link === link);
  }

  /** Those of its inventory who are no members have left meanwhile: the Server and the others are told. */
  add(pn: EstablishedPN): void {
    const { pnID, inventory, members } = pn;
    if (members.length > 0) {
      this.#pns.set(hex(pnID), pn);
      this.#keep(pn);
      this.#ports.changed?.();
      this.#ports.log.event("pn.established", { pn: hex(pnID), members: members.length });
    }
    const missing = decode(pnInventory, inventory)
      .members.map((one) => one.entityID)
      .filter((id) => !memberOf(members, id));
    if (missing.length === 0) return;
    this.#tellServer(pnID, missing);
    this.#next(() => {
      for (const { link } of members) if (link !== undefined) this.greet(link);
    });
  }

  /** After the Server's word, which is sent first. */
  #next(work: () => void): void {
    this.#ports.clock.after(Milliseconds(0), work);
  }

  /** Who comes back is told who has left meanwhile: what was pushed while its link was lost has not arrived. */
  greet(link: MemberLink): void {
    const pn = this.of(link);
    if (pn === undefined) return;
    const member = this.member(link);
    if (member !== undefined) this.#asking.renewKey(member);
    this.#asking.soon(pn.pnID);
    if (decode(pnInventory, pn.inventory).members.length === pn.members.length) return;
    link.push((exchange) => encodeMessage(pnInventoryNotify, exchange, stillIn(pn)));
  }

  /** Proven in this PN, it has left the one that it was away from. */
  forget(entityID: Uint8Array, pnID: Uint8Array): void {
    for (const pn of this.pns) {
      if (equalBytes(pn.pnID, pnID)) continue;
      const member = pn.members.find((one) => equalBytes(one.entityID, entityID));
      if (member !== undefined) this.remove(pn.pnID, member);
    }
  }

  /** The Server has spoken of a PN that stands. Who has been taken out while it was asked stays out, and is told. */
  settle(pnID: Uint8Array, said: Settled): readonly Member[] {
    const before = this.find(pnID);
    const { pn, inside, late, forgotten } = settled(before, said);
    for (const one of late) this.#tooLate(pnID, one);
    if (pn === undefined) return [];
    this.#pns.set(hex(pnID), pn);
    this.#keep(pn);
    for (const one of inside) this.#replaced(pnID, one, memberOf(before?.members ?? [], one.entityID));
    this.#ports.changed?.();
    for (const one of forgotten) this.#unknown(pnID, one);
    this.#asking.soon(pnID);
    this.#next(() => {
      for (const { link } of inside) if (link !== undefined) this.greet(link);
    });
    return inside;
  }

  /**
   * The Server has no session with the PNE of this link any more: it was away for long, or its clock was set forward. The
   * PNE is asked to take part anew.
   */
  expired(link: MemberLink): void {
    const member = this.member(link);
    if (member === undefined) return;
    member.expired = true;
    member.outdated = true;
    member.asked = 0;
    const pn = this.of(link);
    if (pn !== undefined) this.#asking.soon(pn.pnID);
  }

  /**
   * It has not come in anew. One whose session is over, and that the Server does not take, is out in the end: that it does
   * not know a PNE the Server may not show (C-12).
   */
  refused(
    { pnID, entityID }: Pick<Member, "entityID"> & { readonly pnID: Uint8Array },
    code: ErrorCode,
  ): void {
    const member = memberOf(this.find(pnID)?.members ?? [], entityID);
    if (member?.expired !== true || passing.has(code)) return;
    if (++member.refusals >= maximumRefusals) this.exclude(pnID, member);
  }

  /** It has a while to come in anew; then it is out. */
  #unknown(pnID: Uint8Array, member: Member): void {
    member.outdated = true;
    member.asked = 0;
    this.#ports.clock.after(unknownTime, () => {
      if (this.find(pnID)?.members.includes(member) === true) this.exclude(pnID, member);
    });
  }

  #replaced(pnID: Uint8Array, fresh: Member, old: Member | undefined): void {
    const event = old === undefined ? "pn.entered" : "pn.returned";
    this.#ports.log.event(event, { pn: hex(pnID), entity: hex(fresh.entityID) });
    if (old === undefined) return;
    fresh.sureFrom = fresh.provenAt + sureAfter;
    old.end();
    if (old.link !== fresh.link) old.link?.disconnect();
  }

  #tooLate(pnID: Uint8Array, fresh: Member): void {
    const { entityID, link } = fresh;
    fresh.end();
    this.#tellServer(pnID, [entityID]);
    this.#next(() => link?.push((exchange) => encodeMessage(pnDissolveNotify, exchange, { pnID })));
    this.part(link);
  }

  remove(pnID: Uint8Array, gone: Member): void {
    const pn = this.find(pnID);
    if (pn === undefined || !pn.members.includes(gone)) return;
    gone.end();
    const members = pn.members.filter((member) => member !== gone);
    const left = { ...pn, members };
    if (members.length === 0) this.#pns.delete(hex(pnID));
    else this.#pns.set(hex(pnID), left);
    this.#keep(left);
    this.#ports.changed?.();
    this.#ports.log.event("pn.left", { pn: hex(pnID), entity: hex(gone.entityID), members: members.length });
    for (const member of members) {
      member.push((exchange) => encodeMessage(pnInventoryNotify, exchange, stillIn(left)));
    }
    this.#tellServer(pnID, [gone.entityID]);
  }

  /** Takes a member out that did not ask for it; for its PNE the PN is over. */
  exclude(pnID: Uint8Array, gone: Member): void {
    const { link } = gone;
    gone.push((exchange) => encodeMessage(pnDissolveNotify, exchange, { pnID }));
    this.remove(pnID, gone);
    this.part(link);
  }

  /** Ends a PN for everybody in it; false when there is none. */
  dissolve(pnID: Uint8Array, except?: MemberLink): boolean {
    const pn = this.find(pnID);
    if (pn === undefined) return false;
    this.#pns.delete(hex(pnID));
    this.#kept.forget(pnID);
    this.#ports.changed?.();
    for (const member of pn.members) {
      member.end();
      if (member.link === except) continue;
      member.push((exchange) => encodeMessage(pnDissolveNotify, exchange, { pnID }));
      this.part(member.link);
    }
    this.#tellServer(
      pnID,
      pn.members.map((member) => member.entityID),
    );
    return true;
  }

  /** A PNE that hears of the end disconnects; one that has not heard of it finds out when it comes back. */
  part(link: MemberLink | undefined): void {
    this.#ports.clock.after(partingTime, () => {
      if (link?.idle === true) link.disconnect();
    });
  }

  /** The link is lost: a PN that its PNE is in waits for it to come back. */
  away(link: MemberLink): void {
    const pn = this.of(link);
    const member = this.member(link);
    if (pn === undefined || member === undefined) return;
    this.#ports.log.event("pn.away", { pn: hex(pn.pnID), entity: hex(member.entityID) });
    if (this.#ports.clock.now() < member.sureFrom) member.outdated = true;
    member.away(() => this.remove(pn.pnID, member));
  }

  /** The Server forgets what it need not keep; when it does not hear of it, the session's time ends it. */
  #tellServer(pnID: Uint8Array, left: readonly Uint8Array[]): void {
    const octets = encodeMessage(pnUpdateRequest, 1, { pnID, left }, maximumBackhaulMessage);
    this.#exchange(octets, (outcome) => {
      if ("error" in outcome) this.#ports.log.event("pn.updateLost", { pn: hex(pnID) });
    });
  }
}

/** PNInventoryNotify (PNR-14). */
const stillIn = ({ pnID, members }: EstablishedPN) => ({
  pnID,
  members: members.map((member) => member.entityID),
});

function openTo(pns: readonly EstablishedPN[], id: Uint8Array | undefined): readonly EstablishedPN[] {
  const own = (pn: EstablishedPN) => id !== undefined && memberOf(pn.members, id) !== undefined;
  const open = pns.filter((pn) => pn.open && (own(pn) || pn.members.length < maximumMembers));
  return [...open.filter(own), ...open.filter((pn) => !own(pn))];
}

/** Who has not heard of others yet, and how old keys are by a calendar that was right, is not kept. */
function restored(ports: GatewayPorts, { localKey: key, ...member }: KeptPN["members"][number]): Member {
  const expiresAt = key && endOfKeptKey(key.expiresAt, ports.clock.now());
  const localKey = key && expiresAt !== undefined ? { ...key, expiresAt } : undefined;
  return new Member(ports, { ...member, localKey, outdated: true });
}
