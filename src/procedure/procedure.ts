import { CpnsError } from "../base/errors.js";
import type { Milliseconds } from "../base/units.js";
import { resultCode } from "../codec/results.js";
import type { Derivation } from "../crypto/suite.js";
import type { RecordLayer } from "../link/record.js";

/** What a procedure wants next of the entity that runs it. */
export type Step<Value> =
  /**
   * Send the octets as a request and hand the answer to `receive`; first protect the link when told to. `patience` when
   * the answer waits for others.
   */
  | {
      readonly kind: "request";
      readonly octets: Uint8Array;
      readonly protect?: RecordLayer;
      readonly patience?: Milliseconds;
    }
  /** Run the derivation in slices and hand the key to `derived`. */
  | { readonly kind: "derive"; readonly derivation: Derivation }
  | { readonly kind: "done"; readonly outcome: Value };

/**
 * One run of one procedure on the asking side: a state machine without clock, radio or storage of its own. Every
 * method may throw a CpnsError, which ends the run; the entity then calls `dispose`, which wipes what is left.
 */
export interface Procedure<Value> {
  /** Stable name of what is going on, for progress and logs. */
  readonly name: string;
  start(): Step<Value>;
  receive(answer: Uint8Array): Step<Value>;
  derived(key: Uint8Array): Step<Value>;
  dispose(): void;
}

/**
 * What ends a procedure: `refused`, `timeout`, `unexpected` (a message that does not belong to the state),
 * `notTrusted` (the peer could not prove itself), or the name of the Result that the peer gave.
 */
export class ProcedureError extends CpnsError {}

/** The error for what the peer answered, or would have to be answered, with this Result: `result.*`. */
export function refusal(result: number): ProcedureError {
  return new ProcedureError(resultCode(result));
}

/** The error for a message that does not belong to the state: named, never ignored. */
export function unexpected(name: string, state: string): ProcedureError {
  return new ProcedureError("protocol.unexpected", `${name} in state ${state}`);
}

/** Procedures that derive nothing slow. */
export function noDerivation(): never {
  throw new ProcedureError("protocol.unexpected", "no derivation was asked for");
}
