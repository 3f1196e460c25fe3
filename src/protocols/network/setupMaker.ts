import type { Done } from "../../base/outcome.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { Result } from "../../codec/results.js";
import type { Exchange, GatewayPorts } from "../../procedure/gatewayPorts.js";
import { refusal } from "../../procedure/procedure.js";
import { type Established, Establishment } from "./establishment.js";
import type { Member } from "./member.js";
import type { MemberSetup } from "./memberSetup.js";
import { maximumMembers, SetupType } from "./messages.js";
import type { Participations, Setup } from "./participations.js";
import type { RoutingTable } from "./routes.js";
import type { EstablishedPN } from "./settlement.js";

/** How a PN is set up. */
export interface Plan {
  readonly setupType: number;
  /** How many are asked. */
  readonly invited: number;
  readonly alias?: string | undefined;
  /** For how many, where that is not as many as a PN has. */
  readonly room?: number;
}

/** Who starts it, and what becomes of it. */
export interface Start {
  /** Entity ID of a PNE; none when the PN GW does. */
  readonly initiator?: Uint8Array | undefined;
  /** Before who waits for its end hears of it. */
  readonly done: Done<EstablishedPN>;
}

/** Makes a PN that is set up, or members of one that stands, and puts into the routing table what becomes of it. */
export class SetupMaker {
  readonly #ports: GatewayPorts;
  readonly #exchange: Exchange;
  readonly #routes: RoutingTable;
  readonly #participations: Participations;

  constructor(ports: GatewayPorts, exchange: Exchange, routes: RoutingTable, participations: Participations) {
    this.#ports = ports;
    this.#exchange = exchange;
    this.#routes = routes;
    this.#participations = participations;
  }

  /** Of those who are invited into a PN that stands. */
  into(pnID: Uint8Array, plan: Plan, done: Done<EstablishedPN>): Setup {
    const before = this.#routes.find(pnID)?.members ?? [];
    const room = maximumMembers - before.length;
    const setup: Setup = this.make(pnID, { ...plan, room }, (outcome) => {
      const fresh = this.members(setup, "error" in outcome ? [] : outcome.value.members);
      if ("error" in outcome && !setup.cameBack) return done(outcome);
      if ("value" in outcome)
        this.#routes.settle(pnID, { inventory: outcome.value.inventory, fresh, before });
      const pn = this.#routes.find(pnID);
      done(pn === undefined ? { error: refusal(Result.refused) } : { value: pn });
    });
    return setup;
  }

  /** A PN that is new. */
  found({ initiator, done, ...plan }: Plan & Start, pnID = randomOctets(this.#ports.random, 16)): Setup {
    const open = plan.setupType === SetupType.all;
    const setup: Setup = this.make(pnID, plan, (outcome) => {
      const inside = "error" in outcome ? [] : outcome.value.members;
      const members = this.members(setup, inside);
      if ("error" in outcome) return done(outcome);
      const pn = { pnID, inventory: outcome.value.inventory, initiator, open, members };
      this.#routes.add(pn);
      done(members.length > 0 ? { value: pn } : { error: refusal(Result.refused) });
    });
    return setup;
  }

  /** `instead`: in place of `done`, when the Server lets nobody into the PN that stands. */
  make(
    pnID: Uint8Array,
    { setupType, invited, alias, room }: Plan,
    done: Done<Established>,
    instead?: () => void,
  ): Setup {
    const { clock, fault } = this.#ports;
    const over: (() => void)[] = [];
    const ended: Done<Established> = (outcome) => {
      // On a fresh stack: it is no PN yet.
      for (const one of over.splice(0)) clock.after(Milliseconds(0), one);
      done(outcome);
    };
    const own = { pnID, setupType, alias, room, gatewayInfo: this.#ports.info(), done: ended, instead };
    const options = { clock, fault, ...own, exchange: this.#exchange };
    return {
      pnID,
      establishment: new Establishment(options, invited),
      late: [],
      over,
      declined: new Set(),
      cameBack: false,
    };
  }

  /** The setup is over: who is inside, and still there, is a member now, and of no other PN. */
  members(setup: Setup, inside: readonly MemberSetup[]): Member[] {
    return this.#participations.members(setup, inside, (pne) => this.#routes.forget(pne, setup.pnID));
  }
}
