import { CryptoError, expectSlice } from "../../../src/crypto/errors.js";
import type { CurveSuite, Derivation } from "../../../src/crypto/suite.js";
import { nodeSuite } from "../../node/nodeSuite.js";

/**
 * The PNEs' Suite where many of them are simulated: OpenSSL, ten times as fast as noble, with the same results. Tests of
 * networks keep noble there, so that one library's bug does not cancel out.
 */
export const openSslSuite: CurveSuite = Object.freeze({
  ...nodeSuite,
  pbkdf2: (password: Uint8Array, salt: Uint8Array, iterations: number) =>
    new SlicedDerivation(nodeSuite.pbkdf2(password, salt, iterations)),
});

/** In slices, as a device derives, so that it takes the same virtual time: all of the work is done with the last one. */
class SlicedDerivation implements Derivation {
  readonly #whole: Derivation;
  #done = 0;
  #cancelled = false;

  constructor(whole: Derivation) {
    this.#whole = whole;
  }

  get iterations(): number {
    return this.#whole.iterations;
  }

  get done(): number {
    return this.#done;
  }

  step(iterations: number): Uint8Array | undefined {
    expectSlice(iterations);
    if (this.#cancelled) throw new CryptoError("crypto.cancelled");
    this.#done = Math.min(this.iterations, this.#done + Math.floor(iterations));
    return this.#done < this.iterations ? undefined : this.#whole.step(this.iterations);
  }

  cancel(): void {
    this.#cancelled = true;
    this.#whole.cancel();
  }
}
