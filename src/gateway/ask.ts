import type { Clock, Timer } from "../base/ports.js";
import type { Milliseconds } from "../base/units.js";
import type { FromPNE } from "../catalogue/legs.js";

/** The PNE's word on what it was asked, with the means to answer it; undefined when none came in time. */
export type Told<Name extends FromPNE["name"]> =
  | { readonly message: FromPNE & { name: Name }; answer(octets: Uint8Array): void }
  | undefined;

interface Asked {
  readonly name: FromPNE["name"];
  readonly timer: Timer;
  told(told: Told<FromPNE["name"]>): void;
}

/** Open questions of the PN GW to one PNE: a push has no answer in place, the PNE comes back with a request. */
export class Asks {
  readonly #clock: Clock;
  readonly #open: Asked[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for the PNE's message of this name; one question of a name at a time, a new one ends the older. */
  expect<Name extends FromPNE["name"]>(
    name: Name,
    wait: Milliseconds,
    told: (told: Told<Name>) => void,
  ): void {
    this.#take(name)?.told(undefined);
    const timer = this.#clock.after(wait, () => this.#take(name)?.told(undefined));
    this.#open.push({ name, timer, told: (value) => told(value as Told<Name>) });
  }

  expects(name: FromPNE["name"]): boolean {
    return this.#open.some((one) => one.name === name);
  }

  /** True when the message was waited for, and has been handed over. */
  take(message: FromPNE, answer: (octets: Uint8Array) => void): boolean {
    const asked = this.#take(message.name);
    asked?.told({ message, answer });
    return asked !== undefined;
  }

  #take(name: FromPNE["name"]): Asked | undefined {
    const index = this.#open.findIndex((one) => one.name === name);
    if (index < 0) return undefined;
    const [asked] = this.#open.splice(index, 1);
    asked?.timer.cancel();
    return asked;
  }

  /** The link closed: nobody will come back. */
  close(): void {
    for (const asked of this.#open.splice(0)) {
      asked.timer.cancel();
      asked.told(undefined);
    }
  }
}
