import { CpnsError } from "./errors.js";

/** What came of something: its value, or the named error. */
export type Outcome<T> = { readonly value: T } | { readonly error: CpnsError };

/** Of what has no value but that it came to its end. */
export const finished: Outcome<undefined> = Object.freeze({ value: undefined });

/** Takes an outcome, once. */
export type Done<T> = (outcome: Outcome<T>) => void;

/** The same, but a fault of ours is told to `fault`, and is CpnsError("fault") from there on: nothing is thrown. */
export function contain<T>(work: () => T, fault: (error: unknown) => void): Outcome<T> {
  try {
    return attempt(work);
  } catch (error) {
    fault(error);
    return { error: new CpnsError("fault") };
  }
}

/** Runs `work`; a CpnsError becomes an outcome, any other throw is a fault of ours and goes on. */
export function attempt<T>(work: () => T): Outcome<T> {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof CpnsError) return { error };
    throw error;
  }
}
