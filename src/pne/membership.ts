import { equalBytes, hex } from "../base/octets.js";
import type { Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import type { Ticket } from "../link/ticket.js";
import type { DiscoveredGateway } from "../protocols/discovery/pne.js";
import { invitationTime } from "../protocols/network/invitations.js";
import type { JoinedPN } from "../protocols/network/pne.js";
import { type ServerSession, wipeSession } from "../protocols/rekey/pne.js";
import type { InvitationView, PnePorts } from "./ports.js";
import { shownLabel } from "./text.js";

/** Somebody wants this PNE in a PN (PNI-02, GWI-01). */
export interface Invitation {
  readonly pnID: Uint8Array;
  readonly byGateway: boolean;
  /** Name or Entity ID of the PNE that invites. */
  readonly from?: string;
  readonly alias?: string;
}

export const invitationView = ({ from, alias }: Invitation): InvitationView => ({
  ...(from !== undefined && { from }),
  ...(alias !== undefined && { alias }),
});

/** A person decides a little before the PN GW stops waiting. */
const decisionTime = Milliseconds(invitationTime - 3_000);

/** For the gateway to come back after the link was lost; then the PNE has left. */
export const absenceTime = Milliseconds(120_000);

/** The PN that the PNE is in, or the one that it is invited into. */
export class Membership {
  readonly #ports: PnePorts;
  #pn: JoinedPN | undefined;
  #invitation: Invitation | undefined;
  #timer: Timer | undefined;
  #peer: DiscoveredGateway | undefined;
  #ticket: Ticket | undefined;
  #absence: Timer | undefined;

  constructor(ports: PnePorts) {
    this.#ports = ports;
  }

  get pn(): JoinedPN | undefined {
    return this.#pn;
  }

  get invitation(): Invitation | undefined {
    return this.#invitation;
  }

  /** The gateway that the PN hangs on. */
  get peer(): DiscoveredGateway | undefined {
    return this.#peer;
  }

  /** The link is lost, and the PNE waits for its gateway to come back. */
  get away(): boolean {
    return this.#absence !== undefined;
  }

  /** The PN's ticket becomes the membership's to wipe. */
  enter(pn: JoinedPN, peer: DiscoveredGateway): void {
    this.#pn = pn;
    this.#peer = peer;
    this.#ticket = pn.ticket;
  }

  /** The link is lost; `over` when it has not come back in time. One that is lost again gains no time. */
  leaveRange(over: () => void): void {
    this.#absence ??= this.#ports.clock.after(absenceTime, over);
  }

  /** The gateway is back. */
  here(): void {
    this.#absence?.cancel();
    this.#absence = undefined;
  }

  /** A new session with the PN GW protects the link. */
  renewed(ticket: Ticket | undefined): void {
    this.#ticket?.secret.wipe();
    this.#ticket = ticket;
    if (this.#pn === undefined) this.takeTicket()?.secret.wipe();
    else this.#pn = { ...this.#pn, localSession: true };
  }

  /** A new session with the Server takes the place of the old one. */
  rekeyed(session: ServerSession): void {
    if (this.#pn === undefined) {
      wipeSession(session);
      return;
    }
    wipeSession(this.#pn.server);
    this.#pn = { ...this.#pn, server: session };
  }

  /** To be shown once, and wiped by who takes it. */
  takeTicket(): Ticket | undefined {
    const ticket = this.#ticket;
    this.#ticket = undefined;
    if (ticket === undefined || this.#ports.clock.now() < ticket.until) return ticket;
    ticket.secret.wipe();
    return undefined;
  }

  /** Forgets the PN; its sessions are wiped. */
  drop(): void {
    this.#absence?.cancel();
    this.#absence = undefined;
    this.#ticket?.secret.wipe();
    this.#ticket = undefined;
    wipeSession(this.#pn?.server);
    this.#pn = undefined;
    this.#peer = undefined;
  }

  /** Asks the person. `over` when nobody decides in time. */
  invite(invitation: Invitation, over: () => void): void {
    this.#invitation = invitation;
    this.#timer = this.#ports.clock.after(decisionTime, () => {
      if (this.decide() !== undefined) over();
    });
  }

  /** Takes the invitation, which is then decided. */
  decide(): Invitation | undefined {
    this.#timer?.cancel();
    this.#timer = undefined;
    const invitation = this.#invitation;
    this.#invitation = undefined;
    return invitation;
  }

  /** Members that have gone (PNR-14). Nobody can be added: those in the inventory are the ones whom the Server has proven. */
  keepOnly(pnID: Uint8Array, still: readonly Uint8Array[]): boolean {
    const pn = this.#pn;
    if (pn === undefined || !equalBytes(pn.pnID, pnID)) return false;
    const { inventory } = pn;
    const members = inventory.members.filter((one) => still.some((id) => equalBytes(id, one.entityID)));
    this.#pn = { ...pn, inventory: { ...inventory, members } };
    return true;
  }

  /** The member's name for people, or its Entity ID; undefined when it is not in the PN. */
  nameOf(entityID: Uint8Array): string | undefined {
    const member = this.#pn?.inventory.members.find((one) => equalBytes(one.entityID, entityID));
    return member && (member.name === undefined ? hex(member.entityID) : shownLabel(member.name));
  }
}
