import type { Milliseconds } from "../base/units.js";

/** So often within this time no Server forgets a session, nor does an operator make it. */
const often = 3;
const within = 180_000;

/**
 * Sessions of the PN GW that the Server took for ended before their time. The Server has one session for a PN GW: where
 * that happens again and again, another one works with the same Entity ID and key, a copy of its state.
 */
export class Displaced {
  readonly #times: number[] = [];

  /** True when it is `often` with this one. */
  note(now: Milliseconds): boolean {
    this.#times.push(now);
    if (this.#times.length > often) this.#times.shift();
    return this.isOften(now);
  }

  isOften(now: Milliseconds): boolean {
    return this.#times.length === often && now - (this.#times[0] as number) < within;
  }
}
