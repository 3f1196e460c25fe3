import { equalBytes, hex } from "../../base/octets.js";
import type { Done } from "../../base/outcome.js";
import type { Received } from "../../codec/message.js";
import { encodeMessage } from "../../codec/message.js";
import { acknowledgement } from "../../codec/replies.js";
import type { Exchange, GatewayPorts } from "../../procedure/gatewayPorts.js";
import { ProcedureError } from "../../procedure/procedure.js";
import type { authenticateResponse, connectRequest } from "../authentication/messages.js";
import type { resumeRequest } from "../authentication/resumptionMessages.js";
import {
  LeaveFlag,
  type pnLeaveRequest,
  type pnSetupNotifyResponse,
  type pnSetupResponseOfPNE,
} from "./invitations.js";
import type { MemberLink } from "./member.js";
import type { authenticationResponse, pnSetupRequest } from "./messages.js";
import { Participations, type Targets } from "./participations.js";
import { ReturningMembers } from "./returning.js";
import { RoutingTable } from "./routes.js";
import type { EstablishedPN } from "./settlement.js";
import { Setups } from "./setups.js";

type Answer = (octets: Uint8Array) => void;

/** All PNs of a PN GW: sets them up, routes inside them (PNI-04a, PNI-06b), and takes away who has gone. */
export class PNGateway {
  readonly #ports: GatewayPorts;
  readonly #routes: RoutingTable;
  readonly #participations: Participations;
  readonly #setups: Setups;
  readonly #returning: ReturningMembers;

  constructor(ports: GatewayPorts, links: () => readonly MemberLink[], exchange: Exchange) {
    this.#ports = ports;
    this.#routes = new RoutingTable(ports, exchange);
    this.#participations = new Participations(ports, links);
    this.#setups = new Setups(ports, links, exchange, this.#routes, this.#participations);
    this.#returning = new ReturningMembers(ports.log, () => this.#routes.members);
  }

  get pns(): readonly EstablishedPN[] {
    return this.#routes.pns;
  }

  /** The PN that this link is in (C-14: only what the Server has registered). */
  of(link: MemberLink): EstablishedPN | undefined {
    return this.#routes.of(link);
  }

  /** It is invited, or has a part in what is being set up. */
  takesPart(link: MemberLink): boolean {
    return this.#participations.has(link);
  }

  // ── Members whose link was lost, or whose session is to be renewed ──

  /** ResumeRequest on a fresh link: who it is, and its session; undefined when no ticket here is meant (GWA-01). */
  resume(link: MemberLink, message: Received<typeof resumeRequest>) {
    return this.#returning.resume(link, message);
  }

  /** ConnectRequest with a LocalEUKey: while a PN is being set up, or of a PNE that is in one (C-15, GWA-02). */
  connect(link: MemberLink, message: Received<typeof connectRequest>): Uint8Array {
    return this.#participations.has(link)
      ? this.#participations.of(link).connect(message)
      : this.#returning.connect(link, message);
  }

  /** AuthenticateResponse to what `connect` has answered. */
  accept(link: MemberLink, message: Received<typeof authenticateResponse>, answer: Answer): void {
    if (this.#returning.accept(link, message, answer)) this.#routes.greet(link);
    else this.#participations.of(link).accept(message, answer);
  }

  /**
   * The Server has taken a new session of the PNE that this link claims to be: it is back, where it has no LocalEUKey by
   * which it could prove itself to the PN GW, or none is needed because the PAN is secure. True when it was away.
   */
  confirmedByServer(link: MemberLink, pnID: Uint8Array): boolean {
    const { entityID, panSecure } = link;
    if (entityID === undefined) return false;
    const member = this.#routes.find(pnID)?.members.find((one) => equalBytes(one.entityID, entityID));
    if (member === undefined || member.link === link) return false;
    if (!panSecure && member.local.keyID !== undefined) return false;
    member.returned(link);
    this.#ports.log.event("pn.vouched", { entity: hex(member.entityID) });
    return true;
  }

  /** The Server has said to the PNE of this link that their session is over: it has to take part anew. */
  expiredAtServer(link: MemberLink): void {
    this.#routes.expired(link);
  }

  /** Who comes back is told who has left meanwhile. */
  greet(link: MemberLink): void {
    this.#routes.greet(link);
  }

  /** The PN GW's own EUKey was replaced: no session that hung on the old one is continued. */
  forgetSessions(): void {
    this.#routes.forgetKeys();
  }

  // ── Setting up ──

  /** PNSetupRequest of a PNE (PNI-01). A new request on the link starts afresh. */
  setup(link: MemberLink, message: Received<typeof pnSetupRequest>, answer: Answer): void {
    this.#returning.stop(link);
    const pn = this.of(link);
    const member = this.#routes.member(link);
    if (pn !== undefined && member !== undefined) this.#routes.remove(pn.pnID, member);
    this.#setups.begin(link, message, answer);
  }

  /** A PN that the PN GW's own user wants (GWI-01); `alias`, 1 to 32 octets of UTF-8, is its label for people. */
  create(targets: Targets, alias: string | undefined, done: Done<EstablishedPN>): void {
    this.#setups.create(targets, alias, done);
  }

  /** The link's PNE is a member of this PN that has lost its power, and may come back into it by `reply`. */
  comesBack(link: MemberLink, pnID: Uint8Array): boolean {
    return this.#setups.comesBack(link, pnID);
  }

  /** An invited PNE's word (PNI-03, GWI-03, GWI-04), or that of a member that comes back. */
  reply(
    link: MemberLink,
    message: Received<typeof pnSetupNotifyResponse | typeof pnSetupResponseOfPNE>,
    answer: Answer,
  ): void {
    this.#setups.reply(link, message, answer);
  }

  /** AuthenticationResponse: hash_PNE (PNI-08). */
  prove(link: MemberLink, message: Received<typeof authenticationResponse>, answer: Answer): void {
    this.#participations.of(link).prove(message, answer);
  }

  // ── Members that go ──

  /** PNLeaveRequest; its initiator may dissolve the PN. Throws ProcedureError("pn.notMember"). */
  leave(link: MemberLink, message: Received<typeof pnLeaveRequest>, answer: Answer): void {
    const pn = this.of(link);
    const own = this.#routes.member(link);
    if (pn === undefined || own === undefined || !equalBytes(pn.pnID, message.body.pnID)) {
      throw new ProcedureError("pn.notMember");
    }
    answer(encodeMessage(acknowledgement, message.exchange, {}));
    const isInitiator = pn.initiator !== undefined && equalBytes(own.entityID, pn.initiator);
    const started = own.started || isInitiator;
    if ((message.body.flags & LeaveFlag.dissolve) !== 0 && started) this.#routes.dissolve(pn.pnID, link);
    else this.#routes.remove(pn.pnID, own);
  }

  /** Ends a PN for everybody in it; false when there is none. */
  dissolve(pnID: Uint8Array): boolean {
    return this.#routes.dissolve(pnID);
  }

  /** Takes one member out; false when it is none. */
  exclude(pnID: Uint8Array, entityID: Uint8Array): boolean {
    const member = this.#routes.find(pnID)?.members.find((one) => equalBytes(one.entityID, entityID));
    if (member === undefined) return false;
    this.#routes.exclude(pnID, member);
    return true;
  }

  /** Lets a link go that is in no PN any more, once its PNE has had the time to hear of it. */
  partFrom(link: MemberLink): void {
    this.#routes.part(link);
  }

  /** Ends every PN. */
  dissolveAll(): void {
    for (const { pnID } of this.pns) this.#routes.dissolve(pnID);
  }

  /** The link closed: what was being set up goes on without it; a PN that it is in waits for it to come back. */
  closed(link: MemberLink): void {
    this.#stop(link);
    this.#routes.away(link);
  }

  #stop(link: MemberLink): void {
    this.#returning.stop(link);
    this.#participations.stop(link);
  }
}
