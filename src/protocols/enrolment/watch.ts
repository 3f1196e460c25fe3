import type { ErrorCode } from "../../base/errorCodes.js";
import { type Done, finished } from "../../base/outcome.js";
import type { Clock, Timer } from "../../base/ports.js";
import type { Milliseconds } from "../../base/units.js";
import { messageSet } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { ProcedureError } from "../../procedure/procedure.js";
import { euKeyAssignmentAck, euKeyAssignmentResponse } from "./messages.js";

const ends = messageSet(euKeyAssignmentAck, euKeyAssignmentResponse, failure);

/**
 * How an EUKey assignment of a PNE comes out, as far as its PN GW can see: by what it relays. The person at the PN GW
 * wants to know; nothing else depends on it.
 */
export class AssignmentWatch {
  readonly #clock: Clock;
  #waiting: { readonly timer: Timer; readonly done: Done<undefined> } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get waiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** `done` is called once; it is well when the Server has acknowledged a key. */
  wait(time: Milliseconds, done: Done<undefined>): void {
    this.fail("superseded");
    this.#waiting = { timer: this.#clock.after(time, () => this.fail("timeout")), done };
  }

  /** An answer of the Server on its way to the PNE. */
  relayed(octets: Uint8Array): void {
    if (this.#waiting === undefined || !ends.includes(octets)) return;
    try {
      const message = ends.decode(octets);
      if (message.name === "EUKeyAssignmentResponse.ack") this.#take()?.(finished);
      else if (message.name === "Failure" || message.body.result !== Result.ok) this.fail("result.refused");
    } catch {
      // The PNE will say what it thinks of it.
    }
  }

  fail(code: ErrorCode): void {
    this.#take()?.({ error: new ProcedureError(code) });
  }

  #take(): Done<undefined> | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.timer.cancel();
    return waiting?.done;
  }
}
