import type { Milliseconds } from "../../../src/base/units.js";
import { AddressBudget } from "../../node/https/limits.js";

/** Wrong passwords and codes: six at once from an address, or by a browser that was signed in before, and one each five minutes after. */
const ofAddress = Object.freeze({ rate: 1 / 300, burst: 6, addresses: 10_000 });
/** From all of them: who has many addresses has no more. */
const ofAll = Object.freeze({ rate: 1 / 60, burst: 60, addresses: 1 });
const everybody = "all";

/** Who guesses. */
export interface Guesser {
  readonly address: string;
  /** What stands for a browser that was signed in before: it spends nobody's guesses but its own. */
  readonly browser?: string;
}

/** How often the page's password and set-up code may be guessed: paid for before it is looked at. */
export class Guesses {
  readonly #one: AddressBudget;
  readonly #familiar: AddressBudget;
  readonly #all: AddressBudget;

  constructor(now: () => Milliseconds) {
    this.#one = new AddressBudget(ofAddress, now);
    this.#familiar = new AddressBudget(ofAddress, now);
    this.#all = new AddressBudget(ofAll, now);
  }

  /** False when it is too often: then nothing is compared. */
  take({ address, browser }: Guesser): boolean {
    if (browser !== undefined) return this.#familiar.take(browser);
    if (!this.#one.take(address)) return false;
    // Nobody on the network keeps out who sits at the machine itself.
    return isOwn(address) || this.#all.take(everybody);
  }

  /** It was right, and costs nothing. */
  giveBack({ address, browser }: Guesser): void {
    if (browser !== undefined) return this.#familiar.giveBack(browser);
    this.#one.giveBack(address);
    if (!isOwn(address)) this.#all.giveBack(everybody);
  }

  /** Seconds after which it may be tried again, for sure. */
  get retryAfter(): number {
    return this.#one.retryAfter;
  }
}

const isOwn = (address: string): boolean => /^127\.|^::1$|^0:0:0:0$/.test(address);
