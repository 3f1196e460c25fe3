import type { CpnsError } from "../base/errors.js";
import { equalBytes, hex } from "../base/octets.js";
import type { Timer } from "../base/ports.js";
import type { Milliseconds } from "../base/units.js";
import type { Ticket } from "../link/ticket.js";
import type { DiscoveredGateway } from "../protocols/discovery/pne.js";
import type { JoinedPN, ServerSession } from "../protocols/network/setupOptions.js";
import { wipeSession } from "../protocols/rekey/pne.js";
import { shownLabel } from "./text.js";

/** How the sessions of a PN are kept alive (sessionRenewal.ts). */
export interface Renewal {
  timer: Timer | undefined;
  running: boolean;
  /** Who wants to go on once what is being renewed is done. */
  readonly waiting: ((error?: CpnsError) => void)[];
}

/** The PNE is in a PN: what it knows of it, and what is to be wiped when it leaves. */
export class Joined {
  readonly at = "joined";
  /** The gateway that the PN hangs on. */
  readonly peer: DiscoveredGateway;
  /** The link is lost: until then its gateway is waited for. */
  absence: Timer | undefined;
  /** Connections that have not brought it back, in a row. */
  refusals = 0;
  readonly renewal: Renewal = { timer: undefined, running: false, waiting: [] };
  #pn: JoinedPN;
  #ticket: Ticket | undefined;

  /** The PN's ticket becomes this state's to wipe; `times`: how often it has come back after a loss of power. */
  constructor(
    pn: JoinedPN,
    peer: DiscoveredGateway,
    readonly times = 0,
  ) {
    this.#pn = pn;
    this.peer = peer;
    this.#ticket = pn.ticket;
  }

  get pn(): JoinedPN {
    return this.#pn;
  }

  get away(): boolean {
    return this.absence !== undefined;
  }

  /** The gateway is back. */
  here(): void {
    this.absence?.cancel();
    this.absence = undefined;
  }

  /** It has taken part anew: another inventory, and other sessions in place of those of before. */
  replace(pn: JoinedPN): void {
    const { started, server } = this.#pn;
    wipeSession(server);
    this.#ticket?.secret.wipe();
    this.#ticket = pn.ticket;
    this.#pn = { ...pn, started };
  }

  /** A new session with the PN GW protects the link. */
  renewed(ticket: Ticket | undefined): void {
    this.#ticket?.secret.wipe();
    this.#ticket = ticket;
    this.#pn = { ...this.#pn, localSession: true };
  }

  /** A new session with the Server takes the place of the old one. */
  rekeyed(session: ServerSession): void {
    wipeSession(this.#pn.server);
    this.#pn = { ...this.#pn, server: session };
  }

  /** To be shown once, and wiped by who takes it. */
  takeTicket(now: Milliseconds): Ticket | undefined {
    const ticket = this.#ticket;
    this.#ticket = undefined;
    if (ticket === undefined || now < ticket.until) return ticket;
    ticket.secret.wipe();
    return undefined;
  }

  /** Members that have gone (PNR-14). Nobody can be added: those in the inventory are the ones whom the Server has proven. */
  keepOnly(still: readonly Uint8Array[]): void {
    const { inventory } = this.#pn;
    const members = inventory.members.filter((one) => still.some((id) => equalBytes(id, one.entityID)));
    this.#pn = { ...this.#pn, inventory: { ...inventory, members } };
  }

  /** The member's name for people, or its Entity ID; undefined when it is not in the PN. */
  nameOf(entityID: Uint8Array): string | undefined {
    const member = this.#pn.inventory.members.find((one) => equalBytes(one.entityID, entityID));
    return member && (member.name === undefined ? hex(member.entityID) : shownLabel(member.name));
  }

  /** The PN is left: its sessions are wiped. */
  drop(): void {
    this.here();
    this.renewal.timer?.cancel();
    this.#ticket?.secret.wipe();
    this.#ticket = undefined;
    wipeSession(this.#pn.server);
  }
}
