import type { Random } from "../../src/base/ports.js";

/** A generator whose start-up test has passed: asking it for nothing runs that test alone. Throws what it throws. */
export function startedRandom(random: Random): Random {
  random.fill(new Uint8Array(0));
  return random;
}
