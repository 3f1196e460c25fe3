import { skippedFor } from "./skipped.js";

/**
 * CPNS_MODEL in the environment: `all` tries every kind of fault at every point of every flow, and ten times the pairs;
 * `few` a tenth of what is tried otherwise, no browser, no whole programs that are troubled, and no long stories of the
 * simulator, to look what another machine or Node changes.
 */
const { CPNS_MODEL: amount } = process.env;
export const thorough = amount === "all";
export const few = amount === "few";

/** Where there are very many of one kind: all of them, or with `few` every tenth. */
export const sampled = <T>(all: readonly T[]): readonly T[] =>
  few ? all.filter((_, index) => index % 10 === 0) : all;

/** What takes long: with `few` it is not tried again where it changes least. */
export function unlessFew(context: Mocha.Context, what: string): void {
  if (few) skippedFor(context, what, "CPNS_MODEL=few was said");
}
