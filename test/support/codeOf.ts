import { NamedError } from "../../src/base/errors.js";

/** The code of the NamedError that `run` throws, undefined when it throws none; other errors pass through. */
export function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof NamedError) return error.code;
    throw error;
  }
  return undefined;
}
