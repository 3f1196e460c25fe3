import { hex } from "../base/octets.js";
import type { Clock, Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";

/**
 * Passwords of one User that PNEs prove through this PN GW at once. The Server takes each for a guess until it is
 * proven, and allows 16 at least to each way in; two of these are left for who mistypes his.
 */
const maximumProofs = 14;
/** A PNE waits for 10 s, and the Server has to answer in them, too. */
const patience = Milliseconds(7_000);
/** From its share to the answer to its proof: who takes longer holds nobody up. */
const proofTime = Milliseconds(6_000);

interface Waiting<Link> {
  readonly link: Link;
  readonly begin: () => void;
  readonly timer: Timer;
}

interface OfUser<Link> {
  readonly under: Map<Link, Timer>;
  readonly waiting: Waiting<Link>[];
}

/** Whose turn it is to prove a password, where many devices of one User do so at once: a right one is no guess. */
export class Proofs<Link extends object> {
  readonly #clock: Clock;
  readonly #users = new Map<string, OfUser<Link>>();
  /** For whom a link has asked last. */
  readonly #names = new WeakMap<Link, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  asks(link: Link, userID: Uint8Array): void {
    this.over(link);
    this.#names.set(link, hex(userID));
  }

  /** Begins now or when others are over, and refuses what has waited for too long. */
  turn(link: Link, begin: () => void, refuse: () => void): void {
    this.over(link);
    const name = this.#names.get(link);
    if (name === undefined) return begin();
    const user: OfUser<Link> = this.#users.get(name) ?? { under: new Map(), waiting: [] };
    this.#users.set(name, user);
    if (user.under.size < maximumProofs) return this.#begin(user, link, begin);
    const timer = this.#clock.after(patience, () => {
      this.over(link);
      refuse();
    });
    user.waiting.push({ link, begin, timer });
  }

  #begin(user: OfUser<Link>, link: Link, begin: () => void): void {
    user.under.set(
      link,
      this.#clock.after(proofTime, () => this.over(link)),
    );
    begin();
  }

  /** The link's proof has been answered, or its link is closed. */
  over(link: Link): void {
    const name = this.#names.get(link);
    const user = name === undefined ? undefined : this.#users.get(name);
    if (name === undefined || user === undefined) return;
    user.under.get(link)?.cancel();
    user.under.delete(link);
    const at = user.waiting.findIndex((one) => one.link === link);
    if (at >= 0) user.waiting.splice(at, 1)[0]?.timer.cancel();
    const next = user.under.size < maximumProofs ? user.waiting.shift() : undefined;
    if (next !== undefined) {
      next.timer.cancel();
      this.#begin(user, next.link, next.begin);
    } else if (user.under.size === 0) this.#users.delete(name);
  }
}
