import { equalBytes, hex } from "../../base/octets.js";
import { Milliseconds } from "../../base/units.js";
import { encodeMessage } from "../../codec/message.js";
import { decode } from "../../codec/schema.js";
import type { Exchange, GatewayPorts } from "../../procedure/gatewayPorts.js";
import { pnDissolveNotify, pnInventoryNotify, pnUpdateRequest } from "./invitations.js";
import { KeptNetworks } from "./keptNetworks.js";
import { Member, type MemberLink } from "./member.js";
import { maximumBackhaulMessage, pnInventory } from "./messages.js";

/** For a PNE to disconnect after its PN has ended. */
const partingTime = Milliseconds(5_000);

/** A PN as the PN GW keeps it once the Server has registered it (PNI-13, PNR-14). */
export interface EstablishedPN {
  readonly pnID: Uint8Array;
  /** The Server's inventory, as it was proven. */
  readonly inventory: Uint8Array;
  /** Entity ID of the PNE that started it; none when the PN GW did. */
  readonly initiator: Uint8Array | undefined;
  /** Routing table (PNI-04a): who is in now, and by which link. */
  readonly members: readonly Member[];
}

/** The PNs that the Server has registered, and the routes in them (PNI-04a, PNI-13, GWI-14). */
export class RoutingTable {
  readonly #ports: GatewayPorts;
  readonly #exchange: Exchange;
  readonly #kept: KeptNetworks;
  readonly #pns = new Map<string, EstablishedPN>();

  /** With the PNs that there were when the PN GW lost its power: their members are away, and may come back (C-33). */
  constructor(ports: GatewayPorts, exchange: Exchange) {
    this.#ports = ports;
    this.#exchange = exchange;
    this.#kept = new KeptNetworks(ports);
    for (const kept of this.#kept.all()) {
      const members = kept.members.map((member) => new Member(ports, member));
      this.#pns.set(hex(kept.pnID), { ...kept, members });
      for (const member of members) this.#awaits(kept.pnID, member);
      ports.log.event("pn.restored", { pn: hex(kept.pnID), members: members.length });
    }
  }

  /** In flash as it is in memory. */
  #keep(pn: EstablishedPN): void {
    const members = pn.members.map(({ entityID, local }) => ({ entityID, localKey: local.localKey }));
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
      .filter((id) => !members.some((member) => equalBytes(member.entityID, id)));
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
    if (pn === undefined || decode(pnInventory, pn.inventory).members.length === pn.members.length) return;
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

  /**
   * A member has come back into its PN with new keys, by another link; `inventory`: the Server's, of now. One that has been
   * taken out while the Server was asked stays out, and is told.
   */
  renew(pnID: Uint8Array, inventory: Uint8Array, fresh: Member): void {
    const { entityID, link } = fresh;
    const pn = this.find(pnID);
    const old = pn?.members.find((member) => equalBytes(member.entityID, entityID));
    if (pn === undefined || old === undefined) {
      fresh.end();
      this.#tellServer(pnID, [entityID]);
      this.#next(() => link?.push((exchange) => encodeMessage(pnDissolveNotify, exchange, { pnID })));
      return this.part(link);
    }
    const members = pn.members.map((member) => (member === old ? fresh : member));
    const renewed = { ...pn, inventory, members };
    this.#pns.set(hex(pnID), renewed);
    this.#keep(renewed);
    old.end();
    old.link?.disconnect();
    this.#ports.changed?.();
    this.#ports.log.event("pn.returned", { pn: hex(pnID), entity: hex(entityID) });
    // A Server whose database was put back knows the others no more.
    const listed = decode(pnInventory, inventory).members;
    for (const member of members) {
      if (!listed.some((one) => equalBytes(one.entityID, member.entityID))) this.exclude(pnID, member);
    }
    if (link !== undefined) this.#next(() => this.greet(link));
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
    this.#awaits(pn.pnID, member);
  }

  #awaits(pnID: Uint8Array, member: Member): void {
    member.away(() => this.remove(pnID, member));
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
