import type { ErrorCode } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";
import { type Procedure, ProcedureError, type Step } from "./procedure.js";

/** Carries one request; its answer, or the code of the error. */
export type Carry = (octets: Uint8Array, done: (answer: Uint8Array | ErrorCode) => void) => void;

/** Runs a procedure of the PN GW itself: derivations at once, since a PN GW has no screen that must stay alive. */
export function runProcedure<Outcome>(
  procedure: Procedure<Outcome>,
  carry: Carry,
  done: (result: { readonly outcome: Outcome } | { readonly error: CpnsError }) => void,
): void {
  const attempt = (next: () => Step<Outcome>): void => {
    let step: Step<Outcome>;
    try {
      step = next();
    } catch (error) {
      procedure.dispose();
      if (!(error instanceof CpnsError)) throw error;
      done({ error });
      return;
    }
    if (step.kind === "request") {
      carry(step.octets, (answer) => {
        attempt(() => {
          if (typeof answer === "string") throw new ProcedureError(answer);
          return procedure.receive(answer);
        });
      });
    } else if (step.kind === "derive") {
      const { derivation } = step;
      let key = derivation.step(derivation.iterations);
      while (key === undefined) key = derivation.step(derivation.iterations);
      const derived = key;
      attempt(() => procedure.derived(derived));
    } else {
      procedure.dispose();
      done({ outcome: step.outcome });
    }
  };
  attempt(() => procedure.start());
}
