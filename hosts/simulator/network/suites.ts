import { hex } from "../../../src/crypto/bytes.js";
import type { Derivation, Suite } from "../../../src/crypto/suite.js";

/** One secret as it was made, for independent checking (simulator only). */
export interface KeyLogLine {
  readonly entity: string;
  /** "hkdf" with its label, or "pbkdf2". */
  readonly label: string;
  readonly salt: string;
  readonly ikm: string;
  readonly info: string;
  readonly secret: string;
}

/** The ASCII words at the start of an HKDF info: its label. */
function labelOf(info: Uint8Array): string {
  let label = "";
  for (const octet of info) {
    if (octet < 0x20 || octet > 0x7e) break;
    label += String.fromCharCode(octet);
  }
  return label;
}

/**
 * A Suite that tells of every key it derives. It stands in the simulator only: no core module knows of it, so no
 * firmware can carry it.
 */
export function keyLogging(suite: Suite, entity: string, log: (line: KeyLogLine) => void): Suite {
  return Object.freeze({
    ...suite,
    hkdf(salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array {
      const key = suite.hkdf(salt, ikm, info, length);
      log({
        entity,
        label: labelOf(info),
        salt: hex(salt),
        ikm: hex(ikm),
        info: hex(info),
        secret: hex(key),
      });
      return key;
    },
    pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number): Derivation {
      const derivation = suite.pbkdf2(password, salt, iterations);
      const ikm = hex(password);
      return {
        iterations,
        get done() {
          return derivation.done;
        },
        step(count: number) {
          const key = derivation.step(count);
          if (key !== undefined) {
            const info = hex(Uint8Array.of(iterations >>> 16, (iterations >>> 8) & 255, iterations & 255));
            log({ entity, label: "SaltedPassword", salt: hex(salt), ikm, info, secret: hex(key) });
          }
          return key;
        },
        cancel: () => derivation.cancel(),
      };
    },
  });
}
