import { contain, type Done } from "../base/outcome.js";
import type { Exchange } from "./gatewayPorts.js";
import type { Procedure, Step } from "./procedure.js";

/** Runs a procedure of the PN GW itself: derivations at once, since a PN GW has no screen that must stay alive. */
export function runProcedure<T>(
  procedure: Procedure<T>,
  exchange: Exchange,
  fault: (error: unknown) => void,
  done: Done<T>,
): void {
  const go = (next: () => Step<T>): void => {
    const outcome = contain(next, fault);
    if ("error" in outcome) {
      procedure.dispose();
      done(outcome);
      return;
    }
    const step = outcome.value;
    if (step.kind === "request") {
      exchange(step.octets, (answer) => {
        go(() => {
          if ("error" in answer) throw answer.error;
          return procedure.receive(answer.value);
        });
      });
    } else if (step.kind === "derive") {
      const { derivation } = step;
      let key = derivation.step(derivation.iterations);
      while (key === undefined) key = derivation.step(derivation.iterations);
      const derived = key;
      go(() => procedure.derived(derived));
    } else {
      procedure.dispose();
      done({ value: step.outcome });
    }
  };
  go(() => procedure.start());
}
