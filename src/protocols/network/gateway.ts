import { equalBytes, hex } from "../../base/octets.js";
import { Milliseconds } from "../../base/units.js";
import type { Received } from "../../codec/message.js";
import { encodeMessage } from "../../codec/message.js";
import { acknowledgement, failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { decode } from "../../codec/schema.js";
import type { Exchanged, GatewayPorts } from "../../procedure/gatewayPorts.js";
import { ProcedureError } from "../../procedure/procedure.js";
import type { authenticateResponse, connectRequest } from "../authentication/messages.js";
import type { resumeRequest } from "../authentication/resumptionMessages.js";
import { Establishment } from "./establishment.js";
import {
  LeaveFlag,
  pnDissolveNotify,
  pnInventoryNotify,
  type pnLeaveRequest,
  pnSetupNotify,
  type pnSetupNotifyResponse,
  pnSetupRequestOfGateway,
  type pnSetupResponseOfPNE,
  pnUpdateRequest,
} from "./invitations.js";
import { Member, type MemberLink } from "./member.js";
import { MemberLeg } from "./memberSetup.js";
import { maximumBackhaulMessage, pnInventory, type pnSetupRequest, SetupType } from "./messages.js";
import { ReturningMembers } from "./returning.js";

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

/** Invited or taking part in what is being set up. */
interface Taking {
  readonly setup: Setup;
  leg: MemberLeg | undefined;
}

interface Setup {
  readonly pnID: Uint8Array;
  readonly establishment: Establishment;
}

type Answer = (octets: Uint8Array) => void;

/** Who is asked to come: the Entity IDs, or all that are there. */
export type Targets = readonly Uint8Array[] | "all";

/** How a PN that the PN GW wanted has come out. */
export type CreateResult = { readonly pn: EstablishedPN } | { readonly result: Result };

/** All PNs of a PN GW: sets them up, routes inside them (PNI-04a, PNI-06b), and takes away who has gone. */
export class PNGateway {
  readonly #ports: GatewayPorts;
  readonly #links: () => readonly MemberLink[];
  readonly #exchange: (octets: Uint8Array, done: (result: Exchanged) => void) => void;
  readonly #pns = new Map<string, EstablishedPN>();
  readonly #taking = new Map<MemberLink, Taking>();
  readonly #returning: ReturningMembers;

  constructor(
    ports: GatewayPorts,
    links: () => readonly MemberLink[],
    exchange: (octets: Uint8Array, done: (result: Exchanged) => void) => void,
  ) {
    this.#ports = ports;
    this.#links = links;
    this.#exchange = exchange;
    this.#returning = new ReturningMembers(ports.log, () => this.#members);
  }

  get pns(): readonly EstablishedPN[] {
    return [...this.#pns.values()];
  }

  /** The PN that this link is in (C-14: only what the Server has registered). */
  of(link: MemberLink): EstablishedPN | undefined {
    return this.pns.find((pn) => pn.members.some((member) => member.link === link));
  }

  get #members(): readonly Member[] {
    return this.pns.flatMap((pn) => pn.members);
  }

  #member(link: MemberLink): Member | undefined {
    return this.of(link)?.members.find((member) => member.link === link);
  }

  // ── Members whose link was lost, or whose session is to be renewed ──

  /** ResumeRequest on a fresh link: who it is, and its session; undefined when no ticket here is meant (GWA-01). */
  resume(link: MemberLink, message: Received<typeof resumeRequest>) {
    return this.#returning.resume(link, message);
  }

  /** ConnectRequest with a LocalEUKey: while a PN is being set up, or of a PNE that is in one (C-15, GWA-02). */
  connect(link: MemberLink, message: Received<typeof connectRequest>): Uint8Array {
    return this.#taking.has(link) ? this.leg(link).connect(message) : this.#returning.connect(link, message);
  }

  /** AuthenticateResponse to what `connect` has answered. */
  accept(link: MemberLink, message: Received<typeof authenticateResponse>, answer: Answer): void {
    if (this.#returning.accept(link, message, answer)) this.greet(link);
    else this.leg(link).accept(message, answer);
  }

  /**
   * The Server has taken a new session of the PNE that this link claims to be: it is back, where it has no LocalEUKey by
   * which it could prove itself to the PN GW, or none is needed because the PAN is secure. True when it was away.
   */
  vouched(link: MemberLink, pnID: Uint8Array): boolean {
    const { entityID, panSecure } = link;
    if (entityID === undefined) return false;
    const member = this.#pns.get(hex(pnID))?.members.find((one) => equalBytes(one.entityID, entityID));
    if (member === undefined || member.link === link) return false;
    if (!panSecure && member.local.keyID !== undefined) return false;
    member.here(link);
    this.#ports.log.event("pn.vouched", { entity: hex(member.entityID) });
    return true;
  }

  /** Who comes back is told who has left meanwhile: what was pushed while its link was lost has not arrived. */
  greet(link: MemberLink): void {
    const pn = this.of(link);
    if (pn === undefined || decode(pnInventory, pn.inventory).members.length === pn.members.length) return;
    link.push((exchange) => encodeMessage(pnInventoryNotify, exchange, stillIn(pn)));
  }

  /** The PN GW's own EUKey was replaced: no session that hung on the old one is continued. */
  forgetSessions(): void {
    for (const member of this.#members) member.local.wipe();
  }

  /** What the link takes part in right now. */
  leg(link: MemberLink): MemberLeg {
    const leg = this.#taking.get(link)?.leg;
    if (leg === undefined) throw new ProcedureError("protocol.unexpected", "no PN is being set up");
    return leg;
  }

  taking(link: MemberLink): boolean {
    return this.#taking.has(link);
  }

  // ── Setting up ──

  /** PNSetupRequest of a PNE (PNI-01). A new request on the link starts afresh. */
  setup(link: MemberLink, message: Received<typeof pnSetupRequest>, answer: Answer): void {
    const { setupType, targets, pneInfo, rand } = message.body;
    this.#quit(link);
    const listed = setupType === SetupType.list ? (targets ?? []) : "all";
    const invited = setupType === SetupType.oneToOne ? [] : this.#invitable(listed, link);
    const setup = this.#setup(setupType, invited.length, link.entityID, () => {});
    this.#take(link, setup, true, { pneInfo, rand }, { exchange: message.exchange, answer });
    const origin = link.entityID as Uint8Array;
    const { name, alias } = this.leg(link).info;
    const labels = { ...(name !== undefined && { name }), ...(alias !== undefined && { alias }) };
    const body = { pnID: setup.pnID, origin, ...labels };
    this.#invite(setup, invited, (exchange) => encodeMessage(pnSetupNotify, exchange, body));
  }

  /** A PN that the PN GW's own user wants (GWI-01, GWI-02); `alias`, 1 to 32 octets of UTF-8, is its label for people. */
  create(targets: Targets, done: (result: CreateResult) => void, alias?: string): void {
    const invited = this.#invitable(targets, undefined);
    const type = targets === "all" ? SetupType.all : SetupType.list;
    const setup = this.#setup(type, invited.length, undefined, done, alias);
    const body = { pnID: setup.pnID, ...(alias !== undefined && { alias }) };
    this.#invite(setup, invited, (exchange) => encodeMessage(pnSetupRequestOfGateway, exchange, body));
  }

  /** Who has been discovered before (GWI-00, PNI-00) and can be asked. */
  #invitable(targets: Targets, initiator: MemberLink | undefined): MemberLink[] {
    return this.#links().filter((link) => {
      const { entityID, idle } = link;
      if (link === initiator || entityID === undefined || !idle || this.#taking.has(link)) return false;
      return targets === "all" || targets.some((one) => equalBytes(one, entityID));
    });
  }

  #setup(
    setupType: number,
    invited: number,
    initiator: Uint8Array | undefined,
    done: (result: CreateResult) => void,
    alias?: string,
  ): Setup {
    const { random, clock, log } = this.#ports;
    const pnID = new Uint8Array(16);
    random.fill(pnID);
    const finish = (
      inside: readonly MemberLeg[],
      inventory: Uint8Array | undefined,
      result: Result,
    ): void => {
      const members: Member[] = [];
      for (const [link, taking] of [...this.#taking]) {
        if (taking.setup !== setup) continue;
        this.#taking.delete(link);
        const { leg } = taking;
        if (leg === undefined || !inside.includes(leg)) continue;
        this.#forgetElsewhere(leg.pne);
        members.push(new Member(this.#ports, leg, link));
      }
      this.#missed(pnID, inventory, members);
      if (inventory === undefined || members.length === 0) {
        done({ result: result === Result.ok ? Result.refused : result });
        return;
      }
      const pn = { pnID, inventory, initiator, members };
      this.#pns.set(hex(pnID), pn);
      log.event("pn.established", { pn: hex(pnID), members: members.length });
      done({ pn });
    };
    const options = { clock, pnID, setupType, alias, exchange: this.#exchange, done: finish };
    const setup: Setup = { pnID, establishment: new Establishment(options, invited) };
    return setup;
  }

  /** Whose link was lost between its HASH and the Server's word has left: the Server and the others are told. */
  #missed(pnID: Uint8Array, inventory: Uint8Array | undefined, members: readonly Member[]): void {
    if (inventory === undefined) return;
    const missing = decode(pnInventory, inventory)
      .members.map((one) => one.entityID)
      .filter((id) => !members.some((member) => equalBytes(member.entityID, id)));
    if (missing.length === 0) return;
    this.#tellServer(pnID, missing);
    // After the Server's word, which is sent first.
    this.#ports.clock.after(Milliseconds(0), () => {
      for (const { link } of members) if (link !== undefined) this.greet(link);
    });
  }

  /** Proven in a new PN, it has left the one that it was away from. */
  #forgetElsewhere(entityID: Uint8Array): void {
    for (const pn of this.pns) {
      const member = pn.members.find((one) => equalBytes(one.entityID, entityID));
      if (member !== undefined) this.#remove(pn, member);
    }
  }

  #take(
    link: MemberLink,
    setup: Setup,
    initiator: boolean,
    said: { readonly pneInfo: Uint8Array; readonly rand: Uint8Array },
    open: { readonly exchange: number; readonly answer: Answer },
  ): void {
    const { pnID, establishment } = setup;
    const leg = new MemberLeg(
      {
        ports: this.#ports,
        pnID,
        pne: link.entityID as Uint8Array,
        initiator,
        ...said,
        panSecure: link.panSecure,
        protect: (layer) => link.protect(layer),
        changed: () => establishment.changed(),
      },
      open,
    );
    establishment.add(leg);
    this.#taking.set(link, { setup, leg });
  }

  #invite(setup: Setup, invited: readonly MemberLink[], make: (exchange: number) => Uint8Array): void {
    for (const link of invited) {
      this.#taking.set(link, { setup, leg: undefined });
      link.push(make);
    }
    setup.establishment.start();
  }

  /** PNSetupNotifyResponse (PNI-03) or PNSetupResponse (GWI-03, GWI-04) of an invited PNE. */
  reply(
    link: MemberLink,
    message: Received<typeof pnSetupNotifyResponse | typeof pnSetupResponseOfPNE>,
    answer: Answer,
  ): void {
    const taking = this.#taking.get(link);
    const { pnID, result, pneInfo, rand } = message.body;
    const invited = taking !== undefined && taking.leg === undefined && equalBytes(taking.setup.pnID, pnID);
    // It may have come too late: everybody else is already in.
    if (!invited || !taking.setup.establishment.inviting) {
      if (invited) this.#taking.delete(link);
      answer(encodeMessage(failure, message.exchange, { result: Result.noRoute }));
      return;
    }
    if (result !== Result.ok || pneInfo === undefined || rand === undefined) {
      this.#taking.delete(link);
      answer(encodeMessage(acknowledgement, message.exchange, {}));
    } else {
      try {
        this.#take(link, taking.setup, false, { pneInfo, rand }, { exchange: message.exchange, answer });
      } catch (error) {
        this.#taking.delete(link);
        taking.setup.establishment.answered();
        throw error;
      }
    }
    taking.setup.establishment.answered();
  }

  // ── Members that go ──

  /** PNLeaveRequest; its initiator may dissolve the PN. */
  leave(link: MemberLink, message: Received<typeof pnLeaveRequest>, answer: Answer): void {
    const pn = this.of(link);
    if (pn === undefined || !equalBytes(pn.pnID, message.body.pnID)) throw new ProcedureError("pn.notMember");
    answer(encodeMessage(acknowledgement, message.exchange, {}));
    const own = this.#member(link);
    if (own === undefined) return;
    const started = pn.initiator !== undefined && equalBytes(own.entityID, pn.initiator);
    if ((message.body.flags & LeaveFlag.dissolve) !== 0 && started) this.dissolve(pn.pnID, link);
    else this.#remove(pn, own);
  }

  /** Ends a PN for everybody in it; false when there is none. */
  dissolve(pnID: Uint8Array, except?: MemberLink): boolean {
    const pn = this.#pns.get(hex(pnID));
    if (pn === undefined) return false;
    this.#pns.delete(hex(pnID));
    for (const member of pn.members) {
      member.end();
      if (member.link === except) continue;
      member.push((exchange) => encodeMessage(pnDissolveNotify, exchange, { pnID }));
      this.#part(member.link);
    }
    this.#tellServer(
      pnID,
      pn.members.map((member) => member.entityID),
    );
    return true;
  }

  /** A PNE that hears of the end disconnects; one that has not heard of it finds out when it comes back. */
  #part(link: MemberLink | undefined): void {
    this.#ports.clock.after(partingTime, () => {
      if (link !== undefined && this.of(link) === undefined && !this.#taking.has(link)) link.disconnect();
    });
  }

  /** The link closed: what was being set up goes on without it; a PN that it is in waits for it to come back. */
  closed(link: MemberLink): void {
    this.#returning.stop(link);
    this.#stopTaking(link);
    const pn = this.of(link);
    const member = this.#member(link);
    if (pn === undefined || member === undefined) return;
    this.#ports.log.event("pn.away", { pn: hex(pn.pnID), entity: hex(member.entityID) });
    member.away(() => {
      const now = this.#pns.get(hex(pn.pnID));
      if (now !== undefined) this.#remove(now, member);
    });
  }

  /** It begins something else. */
  #quit(link: MemberLink): void {
    this.#returning.stop(link);
    this.#stopTaking(link);
    const pn = this.of(link);
    const member = this.#member(link);
    if (pn !== undefined && member !== undefined) this.#remove(pn, member);
  }

  #stopTaking(link: MemberLink): void {
    const taking = this.#taking.get(link);
    this.#taking.delete(link);
    if (taking === undefined) return;
    if (taking.leg === undefined) taking.setup.establishment.answered();
    else taking.leg.close();
  }

  #remove(pn: EstablishedPN, gone: Member): void {
    const { pnID } = pn;
    if (!pn.members.includes(gone)) return;
    gone.end();
    const members = pn.members.filter((member) => member !== gone);
    const left = { ...pn, members };
    if (members.length === 0) this.#pns.delete(hex(pnID));
    else this.#pns.set(hex(pnID), left);
    this.#ports.log.event("pn.left", { pn: hex(pnID), entity: hex(gone.entityID), members: members.length });
    for (const member of members) {
      member.push((exchange) => encodeMessage(pnInventoryNotify, exchange, stillIn(left)));
    }
    this.#tellServer(pnID, [gone.entityID]);
  }

  /** The Server forgets what it need not keep; when it does not hear of it, the session's time ends it. */
  #tellServer(pnID: Uint8Array, left: readonly Uint8Array[]): void {
    const octets = encodeMessage(pnUpdateRequest, 1, { pnID, left }, maximumBackhaulMessage);
    this.#exchange(octets, (result) => {
      if ("failed" in result) this.#ports.log.event("pn.updateLost", { pn: hex(pnID) });
    });
  }
}

/** PNInventoryNotify (PNR-14). */
const stillIn = ({ pnID, members }: EstablishedPN) => ({
  pnID,
  members: members.map((member) => member.entityID),
});
