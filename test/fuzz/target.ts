import { NamedError } from "../../src/base/errors.js";

/** Something that takes octets from outside. */
export interface Target {
  readonly name: string;
  /** Inputs near the corpus in npm test; 300 unless told. */
  readonly few?: number;
  /** Inputs to begin with, beside those of corpus/<name>.txt. */
  readonly seeds?: readonly Uint8Array[];
  /**
   * What came of the input, in a few words that tell new behaviour from old. Throws for what must not be: an error
   * without a name, or a promise that does not hold.
   */
  run(input: Uint8Array): string | Promise<string>;
}

/** What the work gives, or the code of its error; another error than a named one is a fault. */
export function named(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (error instanceof NamedError) return error.code;
    throw error;
  }
}

/** Cuts an input: each part is as long as the octet before it says. */
export function* parts(input: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < input.length; ) {
    const length = input[at] ?? 0;
    yield input.subarray(at + 1, at + 1 + length);
    at += 1 + length;
  }
}
