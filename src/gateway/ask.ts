import type { ErrorCode } from "../base/errorCodes.js";
import type { Done } from "../base/outcome.js";
import type { Clock, Timer } from "../base/ports.js";
import type { Milliseconds } from "../base/units.js";
import type { FromPNE } from "../catalogue/legs.js";
import type { AnyDefinition } from "../codec/message.js";
import type { Said } from "../procedure/deviceLink.js";
import { ProcedureError } from "../procedure/procedure.js";

type AnySaid = { readonly message: FromPNE; answer(octets: Uint8Array): void };

interface Asked {
  readonly name: string;
  readonly timer: Timer;
  readonly done: Done<AnySaid>;
}

/** Open questions of the PN GW to one PNE: a push has no answer in place, the PNE comes back with a request. */
export class Asks {
  readonly #clock: Clock;
  readonly #open: Asked[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for the PNE's message of this kind; one question of a kind at a time, a new one ends the older. */
  expect<D extends AnyDefinition>({ name }: D, wait: Milliseconds, done: Done<Said<D>>): void {
    this.#end(name, "superseded");
    const timer = this.#clock.after(wait, () => this.#end(name, "timeout"));
    // Only a message of this name is handed over by `take`.
    this.#open.push({ name, timer, done: done as Done<AnySaid> });
  }

  /** Something was asked that is not answered yet. */
  get open(): boolean {
    return this.#open.length > 0;
  }

  expects({ name }: AnyDefinition): boolean {
    return this.#open.some((one) => one.name === name);
  }

  /** True when the message was waited for, and has been handed over. */
  take(message: FromPNE, answer: (octets: Uint8Array) => void): boolean {
    const asked = this.#take(message.name);
    asked?.done({ value: { message, answer } });
    return asked !== undefined;
  }

  #end(name: string, code: ErrorCode): void {
    this.#take(name)?.done({ error: new ProcedureError(code) });
  }

  #take(name: string): Asked | undefined {
    const index = this.#open.findIndex((one) => one.name === name);
    if (index < 0) return undefined;
    const [asked] = this.#open.splice(index, 1);
    asked?.timer.cancel();
    return asked;
  }

  /** The link closed: nobody will come back. */
  close(): void {
    for (const { timer, done } of this.#open.splice(0)) {
      timer.cancel();
      done({ error: new ProcedureError("linkLost") });
    }
  }
}
