import { Result } from "../../codec/results.js";
import { refusal } from "../../procedure/procedure.js";
import { SetupType } from "./messages.js";
import type { Participations, Setup, Wish } from "./participations.js";
import type { RoutingTable } from "./routes.js";
import type { SetupMaker } from "./setupMaker.js";

/**
 * Who says yes to a PN when the others are on their way in. All its places may be taken by some who cannot prove
 * themselves: whoever is behind them is let in once that is known, and is told that it is full only when it is.
 */
export class Latecomers {
  readonly #make: SetupMaker;
  readonly #routes: RoutingTable;
  readonly #participations: Participations;
  readonly #later: (wish: Wish, work: () => void) => void;

  /** `later` does the work where the link is still there, and answers it with what that throws. */
  constructor(
    make: SetupMaker,
    routes: RoutingTable,
    participations: Participations,
    later: (wish: Wish, work: () => void) => void,
  ) {
    this.#make = make;
    this.#routes = routes;
    this.#participations = participations;
    this.#later = later;
  }

  wait(setup: Setup, wish: Wish): void {
    const { late } = setup;
    if (late.push(wish) === 1) setup.over.push(() => this.#letIn(setup.pnID, late));
  }

  /** None of the first could prove himself: those behind them make the PN theirs. False when there are none. */
  make(setup: Setup, again: () => Setup): boolean {
    const late = setup.late.splice(0);
    if (late.length > 0) this.#take(again(), late);
    return late.length > 0;
  }

  /** Together, into the PN that stands by now. */
  #letIn(pnID: Uint8Array, late: readonly Wish[]): void {
    if (late.length === 0) return;
    const plan = { setupType: SetupType.list, invited: 0 };
    const stands = this.#routes.find(pnID) !== undefined;
    this.#take(stands ? this.#make.into(pnID, plan, () => {}) : undefined, late);
  }

  #take(setup: Setup | undefined, late: readonly Wish[]): void {
    for (const wish of late) {
      this.#later(wish, () => {
        if (setup === undefined) throw refusal(Result.noRoute);
        this.#participations.take(wish.link, setup, false, wish.said, wish.open);
      });
    }
    setup?.establishment.start();
  }
}
