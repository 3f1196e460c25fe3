import { equalBytes, hex } from "../../base/octets.js";
import { contain, type Done } from "../../base/outcome.js";
import { randomOctets } from "../../base/ports.js";
import type { Received } from "../../codec/message.js";
import { encodeMessage } from "../../codec/message.js";
import { acknowledgement, failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import type { Exchange, GatewayPorts } from "../../procedure/gatewayPorts.js";
import { ProcedureError, refusal } from "../../procedure/procedure.js";
import { type Established, Establishment } from "./establishment.js";
import {
  pnSetupNotify,
  type pnSetupNotifyResponse,
  pnSetupRequestOfGateway,
  type pnSetupResponseOfPNE,
} from "./invitations.js";
import { Member, type MemberLink } from "./member.js";
import { MemberSetup, type OpenRequest } from "./memberSetup.js";
import { type pnSetupRequest, SetupType } from "./messages.js";
import type { EstablishedPN, RoutingTable } from "./routes.js";

/** Who is asked to come: the Entity IDs, or all that are there. */
export type Targets = readonly Uint8Array[] | "all";

/** How a PN is set up. */
interface Plan {
  readonly setupType: number;
  /** How many are asked. */
  readonly invited: number;
  readonly alias?: string | undefined;
}

interface Setup {
  readonly pnID: Uint8Array;
  readonly establishment: Establishment;
}

/** Invited, or with a part in what is being set up. */
interface Participation {
  readonly setup: Setup;
  member: MemberSetup | undefined;
}

/** One PNE in one PN. */
interface Place {
  readonly pnID: Uint8Array;
  readonly entityID: Uint8Array;
}

/** Of a PNE that takes part. */
interface Said {
  readonly pneInfo: Uint8Array;
  readonly rand: Uint8Array;
}

type Answer = (octets: Uint8Array) => void;

/** PNs that are being set up, and the links that take part: nothing of them survives the link or the PN GW. */
export class Setups {
  readonly #ports: GatewayPorts;
  readonly #links: () => readonly MemberLink[];
  readonly #exchange: Exchange;
  readonly #routes: RoutingTable;
  readonly #participations = new Map<MemberLink, Participation>();
  /** Who comes back, by PN and Entity ID, until the Server has answered, though the link may be lost before. */
  readonly #returning = new Set<string>();

  constructor(
    ports: GatewayPorts,
    links: () => readonly MemberLink[],
    exchange: Exchange,
    routes: RoutingTable,
  ) {
    this.#ports = ports;
    this.#links = links;
    this.#exchange = exchange;
    this.#routes = routes;
  }

  has(link: MemberLink): boolean {
    return this.#participations.has(link);
  }

  /** The link's part right now. Throws ProcedureError("protocol.unexpected") when it has none. */
  of(link: MemberLink): MemberSetup {
    const member = this.#participations.get(link)?.member;
    if (member === undefined) throw new ProcedureError("protocol.unexpected", "no PN is being set up");
    return member;
  }

  /** PNSetupRequest of a PNE that takes part in nothing else (PNI-01). */
  begin(link: MemberLink, message: Received<typeof pnSetupRequest>, answer: Answer): void {
    const { setupType, targets, pneInfo, rand } = message.body;
    const listed = setupType === SetupType.list ? (targets ?? []) : "all";
    const invited = setupType === SetupType.oneToOne ? [] : this.#invitable(listed, link);
    const setup = this.#found({
      setupType,
      invited: invited.length,
      initiator: link.entityID,
      done: () => {},
    });
    const member = this.#take(link, setup, true, { pneInfo, rand }, { exchange: message.exchange, answer });
    const { name, alias } = member.info;
    const labels = { ...(name !== undefined && { name }), ...(alias !== undefined && { alias }) };
    const body = { pnID: setup.pnID, origin: member.pne, ...labels };
    this.#invite(setup, invited, (exchange) => encodeMessage(pnSetupNotify, exchange, body));
  }

  /** A PN that the PN GW's own user wants (GWI-01, GWI-02). */
  create(targets: Targets, alias: string | undefined, done: Done<EstablishedPN>): void {
    const invited = this.#invitable(targets, undefined);
    const setupType = targets === "all" ? SetupType.all : SetupType.list;
    const setup = this.#found({ setupType, invited: invited.length, alias, done });
    const body = { pnID: setup.pnID, ...(alias !== undefined && { alias }) };
    this.#invite(setup, invited, (exchange) => encodeMessage(pnSetupRequestOfGateway, exchange, body));
  }

  /** Who has been discovered before (GWI-00, PNI-00) and can be asked. */
  #invitable(targets: Targets, initiator: MemberLink | undefined): MemberLink[] {
    return this.#links().filter((link) => {
      const { entityID, idle } = link;
      if (link === initiator || entityID === undefined || !idle || this.has(link)) return false;
      return targets === "all" || targets.some((one) => equalBytes(one, entityID));
    });
  }

  /** A PN that is new. */
  #found({
    initiator,
    done,
    ...plan
  }: Plan & { initiator?: Uint8Array | undefined; done: Done<EstablishedPN> }): Setup {
    const pnID = randomOctets(this.#ports.random, 16);
    const setup: Setup = this.#setup(pnID, plan, (outcome) => {
      const inside = "error" in outcome ? [] : outcome.value.members;
      const members = this.#members(setup, inside);
      if ("error" in outcome) return done(outcome);
      const pn = { pnID, inventory: outcome.value.inventory, initiator, members };
      this.#routes.add(pn);
      done(members.length > 0 ? { value: pn } : { error: refusal(Result.refused) });
    });
    return setup;
  }

  #setup(pnID: Uint8Array, { setupType, invited, alias }: Plan, done: Done<Established>): Setup {
    const { clock, fault } = this.#ports;
    const options = { clock, fault, pnID, setupType, alias, gatewayInfo: this.#ports.info(), done };
    return { pnID, establishment: new Establishment({ ...options, exchange: this.#exchange }, invited) };
  }

  /** The setup is over: who is inside, and still there, is a member now. */
  #members(setup: Setup, inside: readonly MemberSetup[]): Member[] {
    const members: Member[] = [];
    for (const [link, participation] of [...this.#participations]) {
      if (participation.setup !== setup) continue;
      this.#participations.delete(link);
      const { member } = participation;
      if (member === undefined || !inside.includes(member)) continue;
      this.#routes.forget(member.pne, setup.pnID);
      members.push(
        new Member(
          this.#ports,
          { entityID: member.pne, contents: member.info.contents, ...member.take() },
          link,
        ),
      );
    }
    return members;
  }

  #take(link: MemberLink, setup: Setup, initiator: boolean, said: Said, open: OpenRequest): MemberSetup {
    const { pnID, establishment } = setup;
    const member = new MemberSetup(
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
    establishment.add(member);
    this.#participations.set(link, { setup, member });
    return member;
  }

  #invite(setup: Setup, invited: readonly MemberLink[], make: (exchange: number) => Uint8Array): void {
    for (const link of invited) {
      this.#participations.set(link, { setup, member: undefined });
      link.push(make);
    }
    setup.establishment.start();
  }

  /** The link's PNE is a member of this PN, but not by this link: it may come back into it. */
  comesBack(link: MemberLink, pnID: Uint8Array): boolean {
    const member = this.#standing(link, pnID);
    return member !== undefined && member.link !== link && !this.#participations.get(link)?.member;
  }

  #standing({ entityID }: MemberLink, pnID: Uint8Array): Member | undefined {
    const members = this.#routes.find(pnID)?.members;
    return entityID && members?.find((one) => equalBytes(one.entityID, entityID));
  }

  /**
   * A member that has lost its power comes back into its PN: it takes part once more, alone (PNI-03 … PNI-15). What is
   * kept of it stays as it is until the Server has spoken. Throws ProcedureError("result.busy") while another link does the
   * same in its name.
   */
  #returns(link: MemberLink, { pnID, entityID }: Place, said: Said, open: OpenRequest): void {
    const name = `${hex(pnID)}/${hex(entityID)}`;
    if (this.#returning.has(name)) throw refusal(Result.busy);
    // What it was invited to meanwhile goes on without it.
    this.stop(link);
    const plan = { setupType: SetupType.oneToOne, invited: 0 };
    const setup: Setup = this.#setup(pnID, plan, (outcome) => {
      this.#returning.delete(name);
      const inside = "error" in outcome ? [] : outcome.value.members;
      const [member] = this.#members(setup, inside);
      if ("value" in outcome && member !== undefined) {
        this.#routes.renew(pnID, outcome.value.inventory, member);
      }
    });
    this.#take(link, setup, false, said, open);
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
    const { entityID } = link;
    if (takesPart && entityID !== undefined && this.comesBack(link, pnID)) {
      return this.#returns(link, { pnID, entityID }, { pneInfo, rand }, { exchange, answer });
    }
    // It may have come too late: everybody else is already in.
    if (!invited || !equalBytes(participation.setup.pnID, pnID)) {
      answer(encodeMessage(failure, exchange, { result: Result.noRoute }));
      return;
    }
    const { setup } = participation;
    if (!setup.establishment.inviting) {
      this.#participations.delete(link);
      const late = setup.establishment.full ? Result.full : Result.noRoute;
      answer(encodeMessage(failure, exchange, { result: late }));
      return;
    }
    if (!takesPart) {
      this.#participations.delete(link);
      answer(encodeMessage(acknowledgement, exchange, {}));
      setup.establishment.answered();
      return;
    }
    const said = { pneInfo, rand };
    const taken = contain(
      () => this.#take(link, setup, false, said, { exchange, answer }),
      this.#ports.fault,
    );
    if ("error" in taken) this.#participations.delete(link);
    setup.establishment.answered();
    if ("error" in taken) throw taken.error;
  }

  /** The link closed, or its PNE begins something else. */
  stop(link: MemberLink): void {
    const participation = this.#participations.get(link);
    this.#participations.delete(link);
    if (participation === undefined) return;
    if (participation.member === undefined) participation.setup.establishment.answered();
    else participation.member.close();
  }
}
