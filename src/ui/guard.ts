import type { Clock } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";

const time = Milliseconds(1_000);

/**
 * Anybody near can bring a question onto the display, whatever the person is doing: a key that comes sooner than a second
 * after it was meant for something else.
 */
export class Guard {
  readonly #clock: Pick<Clock, "now">;
  #until = 0;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  raise(): void {
    this.#until = this.#clock.now() + time;
  }

  /** True when the key counts. */
  passes(): boolean {
    return this.#clock.now() >= this.#until;
  }
}
