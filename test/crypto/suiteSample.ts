import { hex } from "../../src/base/octets.js";
import type { Suite } from "../../src/crypto/suite.js";
import { SeededRandom } from "../support/seededRandom.js";
import { finish } from "./suiteVectors.js";

/** One result of every function of the Suite over random octets of random lengths; the same for the same seed. */
export function suiteSample(suite: Suite, seed: number): string[] {
  const random = new SeededRandom(seed);
  const any = (limit: number): Uint8Array => random.octets(random.below(limit));
  const [key, nonce, text, aad] = [random.octets(32), random.octets(12), any(600), any(80)];
  const sealed = suite.seal(key, nonce, text, aad);
  const damaged = sealed.slice();
  const at = random.below(damaged.length);
  damaged[at] = (damaged[at] as number) ^ (1 << random.below(8));
  return [
    hex(suite.sha256(any(200), any(200), any(3))),
    hex(suite.hmac(any(150), any(200), any(3), any(200))),
    hex(suite.hkdf(any(150), any(150), any(1025), 1 + random.below(400))),
    hex(sealed),
    hex(suite.open(key, nonce, sealed, aad) ?? random.octets(1)),
    String(suite.open(key, nonce, damaged, aad)),
    hex(finish(suite.pbkdf2(any(130), any(130), 1 + random.below(20)), 1 + random.below(9))),
  ];
}
