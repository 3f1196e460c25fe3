import { equalBytes, hex } from "../../base/octets.js";
import { contain, type Done, type Outcome } from "../../base/outcome.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import type { Received } from "../../codec/message.js";
import { encodeMessage } from "../../codec/message.js";
import { acknowledgement, failure } from "../../codec/replies.js";
import { Result, resultOf } from "../../codec/results.js";
import { decode } from "../../codec/schema.js";
import type { Exchange, GatewayPorts } from "../../procedure/gatewayPorts.js";
import { refusal } from "../../procedure/procedure.js";
import type { Established } from "./establishment.js";
import {
  pnSetupNotify,
  type pnSetupNotifyResponse,
  pnSetupRequestOfGateway,
  type pnSetupResponseOfPNE,
} from "./invitations.js";
import { Latecomers } from "./latecomers.js";
import type { Member, MemberLink } from "./member.js";
import { pnInventory, type pnSetupRequest, SetupType } from "./messages.js";
import type { Participations, Setup, Targets, Wish } from "./participations.js";
import type { RoutingTable } from "./routes.js";
import type { EstablishedPN } from "./settlement.js";
import { SetupMaker } from "./setupMaker.js";

/** One PNE in one PN. */
interface Place {
  readonly pnID: Uint8Array;
  readonly entityID: Uint8Array;
}

type Answer = (octets: Uint8Array) => void;

/**
 * For what another has begun nobody waits longer: somebody in it says nothing, and with the invitations that follow the
 * time of who waits would be over (60 s).
 */
const patience = Milliseconds(10_000);

/** PNs that are being set up: nothing of them survives the PN GW. */
export class Setups {
  readonly #ports: GatewayPorts;
  readonly #links: () => readonly MemberLink[];
  readonly #make: SetupMaker;
  readonly #routes: RoutingTable;
  readonly #participations: Participations;
  readonly #late: Latecomers;
  /** Who comes back, by PN and Entity ID, until the Server has answered, though the link may be lost before. */
  readonly #returning = new Set<string>();
  /** A PN with all that a PNE starts right now. */
  #begun: Setup | undefined;

  constructor(
    ports: GatewayPorts,
    links: () => readonly MemberLink[],
    exchange: Exchange,
    routes: RoutingTable,
    participations: Participations,
  ) {
    this.#ports = ports;
    this.#links = links;
    this.#make = new SetupMaker(ports, exchange, routes, participations);
    this.#routes = routes;
    this.#participations = participations;
    const later = (wish: Wish, work: () => void): void => this.#later(wish, work);
    this.#late = new Latecomers(this.#make, routes, participations, later);
  }

  /** PNSetupRequest of a PNE (PNI-01). */
  begin(link: MemberLink, message: Received<typeof pnSetupRequest>, answer: Answer): void {
    const { setupType, targets = [], pneInfo, rand } = message.body;
    const wish = { link, said: { pneInfo, rand }, open: { exchange: message.exchange, answer } };
    if (setupType === SetupType.all) return this.#withAll(wish);
    this.#participations.stop(link);
    const listed = setupType === SetupType.list ? this.#participations.invitable(targets, link) : [];
    this.#start(wish, setupType, listed);
  }

  /** With all: who else says so at the same time comes into the same PN, and who comes later into the one that stands. */
  #withAll(wish: Wish): void {
    const { link, said, open } = wish;
    const begun = this.#begun;
    // Whoever has said no to it does not mean this one.
    if (begun?.establishment.inviting === true && !begun.establishment.full && !begun.declined.has(link)) {
      const invited = this.#participations.get(link)?.setup === begun;
      if (!invited) this.#participations.stop(link);
      this.#participations.delete(link);
      const taken = contain(
        () => this.#participations.take(link, begun, true, said, open),
        this.#ports.fault,
      );
      if (invited) begun.establishment.answered();
      if ("error" in taken) throw taken.error;
      return;
    }
    this.#participations.stop(link);
    if (begun !== undefined) return this.#waitFor(begun, wish);
    this.#comeIn(wish, this.#routes.open(link));
  }

  /** Into the PN that another has begun, once that stands; without it where it takes too long. */
  #waitFor(begun: Setup, wish: Wish): void {
    let waits = true;
    const go = (): void => {
      if (!waits) return;
      waits = false;
      if (this.#begun === begun) this.#begun = undefined;
      this.#later(wish, () => this.#withAll(wish));
    };
    const timer = this.#ports.clock.after(patience, go);
    begun.over.push(() => {
      timer.cancel();
      go();
    });
  }

  /** What it waited for is over, well or not. */
  #later({ link, open }: Wish, work: () => void): void {
    if (!this.#links().includes(link) || this.#participations.has(link)) return;
    const begun = contain(work, this.#ports.fault);
    if ("error" in begun) {
      open.answer(encodeMessage(failure, open.exchange, { result: resultOf(begun.error.code) }));
    }
  }

  /** Into the first of these PNs that the Server lets it into, else into a new one. */
  #comeIn(wish: Wish, [pn, ...others]: readonly EstablishedPN[]): void {
    const { link } = wish;
    if (pn === undefined)
      return this.#start(wish, SetupType.all, this.#participations.invitable("all", link));
    const { pnID } = pn;
    const place = { pnID, entityID: link.entityID as Uint8Array };
    const instead = (): void => {
      this.#participations.delete(link);
      this.#later(wish, () => this.#comeIn(wish, others));
    };
    this.#enter(place, { ...wish, initiator: true }, instead, (inside) => {
      const [member] = inside;
      if (member !== undefined) this.#inviteInto(pnID, member);
    });
  }

  #start({ link, said, open }: Wish, setupType: number, invited: readonly MemberLink[]): void {
    const plan = { setupType, invited: invited.length };
    const done = (): void => {
      if (this.#begun === setup) this.#begun = undefined;
    };
    const setup: Setup = this.#make.found({ ...plan, initiator: link.entityID, done });
    // What throws here has begun nothing that others could wait for.
    const member = this.#participations.take(link, setup, true, said, open);
    if (setupType === SetupType.all) this.#begun ??= setup;
    const { name, alias } = member.info;
    const labels = { ...(name !== undefined && { name }), ...(alias !== undefined && { alias }) };
    const body = { pnID: setup.pnID, origin: member.pne, ...labels };
    this.#participations.invite(setup, invited, (exchange) => encodeMessage(pnSetupNotify, exchange, body));
  }

  /** A PN that the PN GW's own user wants (GWI-01, GWI-02). */
  create(targets: Targets, alias: string | undefined, done: Done<EstablishedPN>): void {
    const own = targets === "all" && alias === undefined ? this.#routes.open() : [];
    // A PN that a PNE has started is not the PN GW's to bring others into.
    const pn = own.find((one) => one.initiator === undefined);
    const invited = this.#participations.invitable(targets, undefined);
    const setupType = targets === "all" ? SetupType.all : SetupType.list;
    const pnID = pn?.pnID ?? randomOctets(this.#ports.random, 16);
    const called = pn === undefined ? alias : aliasOf(pn);
    const body = { pnID, ...(called !== undefined && { alias: called }) };
    const plan = { setupType, invited: invited.length };
    const made = (outcome: Outcome<EstablishedPN>): void => {
      const again = (): Setup => this.#make.found({ ...plan, invited: 0, alias, done }, pnID);
      if ("value" in outcome || pn !== undefined || !this.#late.make(setup, again)) done(outcome);
    };
    const setup: Setup = pn
      ? this.#make.into(pnID, plan, made)
      : this.#make.found({ ...plan, alias, done: made }, pnID);
    this.#participations.invite(setup, invited, (exchange) =>
      encodeMessage(pnSetupRequestOfGateway, exchange, body),
    );
  }

  /** A PNE has come into a PN that stands: who is here and in none is invited, as when it had started one. */
  #inviteInto(pnID: Uint8Array, by: Member): void {
    const pn = this.#routes.find(pnID);
    const invited = this.#participations.invitable("all", by.link);
    if (pn === undefined || invited.length === 0) return;
    const alias = aliasOf(pn);
    const { name } =
      decode(pnInventory, pn.inventory).members.find((one) => equalBytes(one.entityID, by.entityID)) ?? {};
    const labels = { ...(name !== undefined && { name }), ...(alias !== undefined && { alias }) };
    const body = { pnID, origin: by.entityID, ...labels };
    const setup = this.#make.into(pnID, { setupType: SetupType.list, invited: invited.length }, () => {});
    this.#participations.invite(setup, invited, (exchange) => encodeMessage(pnSetupNotify, exchange, body));
  }

  /** The link's PNE is a member of this PN, but not by this link, or is to learn of others: it may take part anew. */
  comesBack(link: MemberLink, pnID: Uint8Array): boolean {
    const member = this.#standing(link, pnID);
    if (member === undefined || this.#participations.get(link)?.member) return false;
    return member.link !== link || member.outdated;
  }

  #standing({ entityID }: MemberLink, pnID: Uint8Array): Member | undefined {
    const members = this.#routes.find(pnID)?.members;
    return entityID && members?.find((one) => equalBytes(one.entityID, entityID));
  }

  /**
   * One PNE takes part, alone, in a PN that stands (PNI-03 … PNI-15): a member that has lost its power, or is to learn of
   * others, or one that comes in. What is kept of it stays as it is until the Server has spoken. Throws
   * ProcedureError("result.busy") while another link does the same in its name.
   */
  #enter(
    { pnID, entityID }: Place,
    { link, said, open, initiator }: Wish & { readonly initiator: boolean },
    instead: (() => void) | undefined,
    then: (inside: readonly Member[]) => void,
  ): void {
    const name = `${hex(pnID)}/${hex(entityID)}`;
    if (this.#returning.has(name)) throw refusal(Result.busy);
    const asked = this.#participations.get(link);
    const invitation = asked && !asked.member && equalBytes(asked.setup.pnID, pnID) ? asked.setup : undefined;
    // What else it was invited to meanwhile goes on without it.
    if (invitation === undefined) this.#participations.stop(link);
    const pn = this.#routes.find(pnID);
    // A Server that has forgotten the PN learns its name.
    const plan = { setupType: SetupType.oneToOne, invited: 0, alias: pn && aliasOf(pn) };
    const before = pn?.members ?? [];
    const over = (outcome: Outcome<Established>): void => {
      this.#returning.delete(name);
      const fresh = this.#make.members(setup, "error" in outcome ? [] : outcome.value.members);
      if (invitation !== undefined) {
        invitation.cameBack ||= fresh.length > 0;
        invitation.establishment.answered();
      }
      if ("error" in outcome) return this.#routes.refused({ pnID, entityID }, outcome.error.code);
      then(this.#routes.settle(pnID, { inventory: outcome.value.inventory, fresh, before }));
    };
    const elsewhere = (): void => {
      this.#returning.delete(name);
      instead?.();
    };
    const setup: Setup = this.#make.make(pnID, plan, over, instead && elsewhere);
    this.#participations.take(link, setup, initiator, said, open);
    this.#returning.add(name);
    setup.establishment.start();
  }

  /**
   * PNSetupNotifyResponse (PNI-03) or PNSetupResponse (GWI-03, GWI-04) of an invited PNE, or of a member that comes back.
   */
  reply(
    link: MemberLink,
    message: Received<typeof pnSetupNotifyResponse | typeof pnSetupResponseOfPNE>,
    answer: Answer,
  ): void {
    const participation = this.#participations.get(link);
    const { exchange } = message;
    const { pnID, result, pneInfo, rand } = message.body;
    const invited = participation !== undefined && participation.member === undefined;
    const takesPart = result === Result.ok && pneInfo !== undefined && rand !== undefined;
    const wish = takesPart && { link, said: { pneInfo, rand }, open: { exchange, answer } };
    const noRoute = (): void => answer(encodeMessage(failure, exchange, { result: Result.noRoute }));
    const { entityID } = link;
    if (wish && entityID !== undefined && this.comesBack(link, pnID))
      return this.#enter({ pnID, entityID }, { ...wish, initiator: false }, undefined, () => {});
    // It may have come too late: everybody else is already in.
    if (!invited || !equalBytes(participation.setup.pnID, pnID)) return noRoute();
    const { setup } = participation;
    if (!setup.establishment.inviting) {
      this.#participations.delete(link);
      return wish ? this.#late.wait(setup, wish) : noRoute();
    }
    if (!wish) {
      if (result === Result.declined) setup.declined.add(link);
      this.#participations.delete(link);
      answer(encodeMessage(acknowledgement, exchange, {}));
      setup.establishment.answered();
      return;
    }
    const taken = contain(
      () => this.#participations.take(link, setup, false, wish.said, wish.open),
      this.#ports.fault,
    );
    if ("error" in taken) this.#participations.delete(link);
    setup.establishment.answered();
    if ("error" in taken) throw taken.error;
  }
}

/** What the PN is called. */
const aliasOf = ({ inventory }: EstablishedPN): string | undefined => decode(pnInventory, inventory).alias;
