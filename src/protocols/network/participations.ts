import { equalBytes } from "../../base/octets.js";
import type { GatewayPorts } from "../../procedure/gatewayPorts.js";
import { ProcedureError } from "../../procedure/procedure.js";
import type { Establishment } from "./establishment.js";
import { Member, type MemberLink } from "./member.js";
import { MemberSetup, type OpenRequest } from "./memberSetup.js";

/** Who is asked to come: the Entity IDs, or all that are there. */
export type Targets = readonly Uint8Array[] | "all";

/** PNSetupRequest, or PNSetupNotifyResponse, of a PNE. */
export interface Wish {
  readonly link: MemberLink;
  readonly said: Said;
  readonly open: OpenRequest;
}

/** A PN that is being set up, or members of one that stands. */
export interface Setup {
  readonly pnID: Uint8Array;
  readonly establishment: Establishment;
  /** Who has said yes when the others were on their way in. */
  readonly late: Wish[];
  /** Who waits for its end. */
  readonly over: (() => void)[];
  /** Whose person has said no. */
  readonly declined: Set<MemberLink>;
  /** A member that was invited with others has taken part anew. */
  cameBack: boolean;
}

/** Invited, or with a part in what is being set up. */
export interface Participation {
  readonly setup: Setup;
  member: MemberSetup | undefined;
}

/** Of a PNE that takes part. */
export interface Said {
  readonly pneInfo: Uint8Array;
  readonly rand: Uint8Array;
}

/** The links that take part in what is being set up, each in one thing: nothing of it survives the link or the PN GW. */
export class Participations {
  readonly #ports: GatewayPorts;
  readonly #links: () => readonly MemberLink[];
  readonly #all = new Map<MemberLink, Participation>();

  constructor(ports: GatewayPorts, links: () => readonly MemberLink[]) {
    this.#ports = ports;
    this.#links = links;
  }

  has(link: MemberLink): boolean {
    return this.#all.has(link);
  }

  /** The link's part right now. Throws ProcedureError("protocol.unexpected") when it has none. */
  of(link: MemberLink): MemberSetup {
    const member = this.#all.get(link)?.member;
    if (member === undefined) throw new ProcedureError("protocol.unexpected", "no PN is being set up");
    return member;
  }

  get(link: MemberLink): Participation | undefined {
    return this.#all.get(link);
  }

  delete(link: MemberLink): void {
    this.#all.delete(link);
  }

  /** Who has been discovered before (GWI-00, PNI-00) and can be asked. */
  invitable(targets: Targets, initiator: MemberLink | undefined): MemberLink[] {
    return this.#links().filter((link) => {
      const { entityID, idle } = link;
      if (link === initiator || entityID === undefined || !idle || this.has(link)) return false;
      return targets === "all" || targets.some((one) => equalBytes(one, entityID));
    });
  }

  /** The setup is over: who is inside, and still there, is a member now; `inThis` hears of each before. */
  members(setup: Setup, inside: readonly MemberSetup[], inThis: (pne: Uint8Array) => void): Member[] {
    const members: Member[] = [];
    for (const [link, participation] of [...this.#all]) {
      if (participation.setup !== setup) continue;
      this.#all.delete(link);
      const { member } = participation;
      if (member === undefined || !inside.includes(member)) continue;
      inThis(member.pne);
      members.push(
        new Member(
          this.#ports,
          {
            entityID: member.pne,
            contents: member.info.contents,
            started: member.initiator,
            ...member.take(),
          },
          link,
        ),
      );
    }
    return members;
  }

  /** The link's PNE takes part. Throws what Establishment.add and MemberSetup throw: then it does not. */
  take(link: MemberLink, setup: Setup, initiator: boolean, said: Said, open: OpenRequest): MemberSetup {
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
    this.#all.set(link, { setup, member });
    return member;
  }

  /** Asks them, each by the message that `make` makes, and begins to wait. */
  invite(setup: Setup, invited: readonly MemberLink[], make: (exchange: number) => Uint8Array): void {
    for (const link of invited) {
      this.#all.set(link, { setup, member: undefined });
      link.push(make);
    }
    setup.establishment.start();
  }

  /** The link closed, or its PNE begins something else. */
  stop(link: MemberLink): void {
    const participation = this.#all.get(link);
    this.#all.delete(link);
    if (participation === undefined) return;
    if (participation.member === undefined) participation.setup.establishment.answered();
    else participation.member.close();
  }
}
