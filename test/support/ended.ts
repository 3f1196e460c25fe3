import type { Outcome } from "../../src/base/outcome.js";

/** How something came out: `well`, or the code of its error. */
export const ended = (outcome: Outcome<unknown>, well = "done"): string =>
  "error" in outcome ? outcome.error.code : well;

/** For who is to meet no fault. */
export const noFault = (error: unknown): void => {
  throw error;
};

/** What a PN GW of no importance says of itself. */
export const noInfo = () => ({ flags: 0, links: 1, technologies: [], subscription: { kind: 0 } });
