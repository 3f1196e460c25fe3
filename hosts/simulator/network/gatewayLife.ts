import type { Clock, Timer } from "../../../src/base/ports.js";
import type { Milliseconds } from "../../../src/base/units.js";
import { PowerCut } from "../world/flash.js";

/** From one start of the PN GW to its next loss of power: what it waits for then never comes. */
export class GatewayLife {
  #on = true;
  /** A power cut that was planned for its flash has come. */
  failed: () => void = () => {};

  end(): void {
    this.#on = false;
  }

  callback<Args extends readonly unknown[]>(work: (...args: Args) => void): (...args: Args) => void {
    return (...args) => {
      if (!this.#on) return;
      try {
        work(...args);
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
        this.failed();
      }
    };
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      after: (delay: Milliseconds, fire: () => void): Timer => clock.after(delay, this.callback(fire)),
    };
  }
}
