import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import type { CurveSuite, Derivation } from "../../src/crypto/suite.js";

/** Results that are kept before all are let go. */
const most = 20_000;

const nameOf = (...octets: readonly Uint8Array[]): string =>
  octets
    .map((one) => `${one.length} ${Buffer.from(one.buffer, one.byteOffset, one.length).toString("latin1")}`)
    .join("");

/** What was computed once of the same octets; the caller's own copy. */
class Memory {
  readonly #known = new Map<string, Uint8Array>();

  get(name: string, make: () => Uint8Array): Uint8Array {
    let known = this.#known.get(name);
    if (known === undefined) {
      known = make();
      if (this.#known.size >= most) this.#known.clear();
      this.#known.set(name, known);
    }
    return known.slice();
  }
}

const hashes = new Memory();
const keys = new Memory();

/** PBKDF2 in one step, as Node's is. */
function derivation(password: Uint8Array, salt: Uint8Array, iterations: number): Derivation {
  const real = nodeSuite.pbkdf2(password, salt, iterations);
  const name = `${iterations} ${nameOf(password, salt)}`;
  const whole = (): Uint8Array => real.step(iterations) as Uint8Array;
  return {
    iterations,
    get done() {
      return real.done;
    },
    step: () => keys.get(name, whole),
    cancel: () => real.cancel(),
  };
}

/**
 * Node's, but hashes and keys of passwords are remembered: what is fuzzed asks for the same ones again and again. What
 * comes out is the same, octet for octet.
 */
export const rememberingSuite: CurveSuite = {
  ...nodeSuite,
  sha256: (...parts) => hashes.get(nameOf(...parts), () => nodeSuite.sha256(...parts)),
  pbkdf2: derivation,
};
