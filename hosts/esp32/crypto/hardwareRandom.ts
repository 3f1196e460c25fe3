import type { Random } from "../../../src/base/ports.js";
import { CryptoError } from "../../../src/crypto/errors.js";
import { RandomVerdict, random } from "./native.js";

/** What is wrong, for the log: the person sees only that the device must not be used. */
const reasons: Readonly<Record<number, string>> = Object.freeze({
  [RandomVerdict.quiet]: "the radio, which its noise comes from, is off",
  [RandomVerdict.absent]: "the system gives none",
});

/**
 * Octets of the hardware generator; nothing else ever stands in for it, least of all the SDK's `rng`. On ESP32 the
 * radio must be on, since the generator's noise comes from there. The first call puts 1024 octets to the health tests
 * of SP 800-90B (repetition count, adaptive proportion), and every octet is put to them before it is given out; the
 * first failure is for good.
 *
 * `fill` throws CryptoError("crypto.random") and leaves zeros. An empty array makes it the start-up test alone.
 */
export const hardwareRandom: Random = Object.freeze({
  fill(into: Uint8Array): void {
    const verdict = random(into);
    if (verdict === RandomVerdict.ok) return;
    throw new CryptoError("crypto.random", reasons[verdict] ?? "it failed a health test");
  },
});
