import type { Random } from "../../../../src/base/ports.js";
import { nobleSuite } from "../../../../src/crypto/noble.js";
import { nobleCurve } from "../../../../src/crypto/nobleCurve.js";
import type { CurveSuite } from "../../../../src/crypto/suite.js";

/** The core's cryptography in a browser. */
export const browserCurveSuite: CurveSuite = Object.freeze({ ...nobleSuite, curve: nobleCurve });

/** The browser's generator of the Web Cryptography API. */
export const browserRandom: Random = Object.freeze({
  fill(into: Uint8Array): void {
    const octets = new Uint8Array(into.length);
    into.set(crypto.getRandomValues(octets));
    octets.fill(0);
  },
});
