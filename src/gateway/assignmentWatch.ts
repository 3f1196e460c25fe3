import type { ErrorCode } from "../base/errorCodes.js";
import type { Clock, Timer } from "../base/ports.js";
import type { Milliseconds } from "../base/units.js";
import { toPNE } from "../catalogue/legs.js";
import { Result } from "../codec/results.js";

/**
 * How an EUKey assignment of a PNE comes out, as far as its PN GW can see: by what it relays. The person at the PN GW
 * wants to know; nothing else depends on it.
 */
export class AssignmentWatch {
  readonly #clock: Clock;
  #waiting: { readonly timer: Timer; over(code: ErrorCode | undefined): void } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `over` is called once, with the code of an error, or nothing when the Server has acknowledged a key. */
  wait(time: Milliseconds, over: (code: ErrorCode | undefined) => void): void {
    this.end("superseded");
    this.#waiting = { timer: this.#clock.after(time, () => this.end("timeout")), over };
  }

  /** An answer of the Server on its way to the PNE. */
  relayed(octets: Uint8Array): void {
    if (this.#waiting === undefined || !toPNE.includes(octets)) return;
    try {
      const message = toPNE.decode(octets);
      if (message.name === "EUKeyAssignmentResponse.ack") this.end(undefined);
      else if (message.name === "EUKeyAssignmentResponse" && message.body.result !== Result.ok) {
        this.end("result.refused");
      } else if (message.name === "Failure") this.end("result.refused");
    } catch {
      // The PNE will say what it thinks of it.
    }
  }

  end(code: ErrorCode | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.timer.cancel();
    waiting?.over(code);
  }
}
