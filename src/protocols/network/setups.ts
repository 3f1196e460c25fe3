import { equalBytes } from "../../base/octets.js";
import { contain, type Done } from "../../base/outcome.js";
import { randomOctets } from "../../base/ports.js";
import type { Received } from "../../codec/message.js";
import { encodeMessage } from "../../codec/message.js";
import { acknowledgement, failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import type { Exchange, GatewayPorts } from "../../procedure/gatewayPorts.js";
import { ProcedureError, refusal } from "../../procedure/procedure.js";
import { Establishment } from "./establishment.js";
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

interface Setup {
  readonly pnID: Uint8Array;
  readonly establishment: Establishment;
}

/** Invited, or with a part in what is being set up. */
interface Participation {
  readonly setup: Setup;
  member: MemberSetup | undefined;
}

type Answer = (octets: Uint8Array) => void;

/** PNs that are being set up, and the links that take part: nothing of them survives the link or the PN GW. */
export class Setups {
  readonly #ports: GatewayPorts;
  readonly #links: () => readonly MemberLink[];
  readonly #exchange: Exchange;
  readonly #routes: RoutingTable;
  readonly #participations = new Map<MemberLink, Participation>();

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
    const setup = this.#setup(setupType, invited.length, link.entityID, () => {});
    const member = this.#take(link, setup, true, { pneInfo, rand }, { exchange: message.exchange, answer });
    const { name, alias } = member.info;
    const labels = { ...(name !== undefined && { name }), ...(alias !== undefined && { alias }) };
    const body = { pnID: setup.pnID, origin: member.pne, ...labels };
    this.#invite(setup, invited, (exchange) => encodeMessage(pnSetupNotify, exchange, body));
  }

  /** A PN that the PN GW's own user wants (GWI-01, GWI-02). */
  create(targets: Targets, alias: string | undefined, done: Done<EstablishedPN>): void {
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
      if (link === initiator || entityID === undefined || !idle || this.has(link)) return false;
      return targets === "all" || targets.some((one) => equalBytes(one, entityID));
    });
  }

  #setup(
    setupType: number,
    invited: number,
    initiator: Uint8Array | undefined,
    done: Done<EstablishedPN>,
    alias?: string,
  ): Setup {
    const { random, clock, fault } = this.#ports;
    const pnID = randomOctets(random, 16);
    const establishment = new Establishment(
      {
        clock,
        fault,
        pnID,
        setupType,
        alias,
        gatewayInfo: this.#ports.info(),
        exchange: this.#exchange,
        done: (outcome) => {
          const inside = "error" in outcome ? [] : outcome.value.members;
          const members = this.#members(setup, inside);
          if ("error" in outcome) return done(outcome);
          const pn = { pnID, inventory: outcome.value.inventory, initiator, members };
          this.#routes.add(pn);
          done(members.length > 0 ? { value: pn } : { error: refusal(Result.refused) });
        },
      },
      invited,
    );
    const setup = { pnID, establishment };
    return setup;
  }

  /** The setup is over: who is inside, and still there, is a member now. */
  #members(setup: Setup, inside: readonly MemberSetup[]): Member[] {
    const members: Member[] = [];
    for (const [link, participation] of [...this.#participations]) {
      if (participation.setup !== setup) continue;
      this.#participations.delete(link);
      const { member } = participation;
      if (member === undefined || !inside.includes(member)) continue;
      this.#routes.forget(member.pne);
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

  #take(
    link: MemberLink,
    setup: Setup,
    initiator: boolean,
    said: { readonly pneInfo: Uint8Array; readonly rand: Uint8Array },
    open: OpenRequest,
  ): MemberSetup {
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

  /** PNSetupNotifyResponse (PNI-03) or PNSetupResponse (GWI-03, GWI-04) of an invited PNE. */
  reply(
    link: MemberLink,
    message: Received<typeof pnSetupNotifyResponse | typeof pnSetupResponseOfPNE>,
    answer: Answer,
  ): void {
    const participation = this.#participations.get(link);
    const { exchange } = message;
    const { pnID, result, pneInfo, rand } = message.body;
    const invited = participation !== undefined && participation.member === undefined;
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
    if (result !== Result.ok || pneInfo === undefined || rand === undefined) {
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
