import { hex } from "../../../src/base/octets.js";
import type { Curve } from "../../../src/crypto/curve.js";
import type { Derivation, Suite } from "../../../src/crypto/suite.js";

/** One secret as it was made, for independent checking (simulator only). */
export interface KeyLogLine {
  readonly entity: string;
  /** The label of an HKDF, "SaltedPassword", or "P-256 scalar". */
  readonly label: string;
  readonly salt: string;
  readonly ikm: string;
  readonly info: string;
  readonly secret: string;
}

/** The ASCII words at the start of an HKDF info: its label. After that of a session key a hash may follow. */
function labelOf(info: Uint8Array): string {
  let label = "";
  for (const octet of info) {
    if (octet < 0x20 || octet > 0x7e || label === "CPNS SK") break;
    label += String.fromCharCode(octet);
  }
  return label;
}

/** Tells every scalar that a point is multiplied by, the point as `ikm` and the product as `info`. */
function scalarLogging(curve: Curve, entity: string, log: (line: KeyLogLine) => void): Curve {
  return Object.freeze({
    ...curve,
    multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array {
      const product = curve.multiply(scalar, point);
      log({
        entity,
        label: "P-256 scalar",
        salt: "",
        ikm: hex(point),
        info: hex(product),
        secret: hex(scalar),
      });
      return product;
    },
  });
}

/**
 * A Suite that tells of every key it derives. It stands in the simulator only: no core module knows of it, so no
 * firmware can carry it.
 */
export function keyLogging<S extends Suite>(suite: S, entity: string, log: (line: KeyLogLine) => void): S {
  const { curve } = suite;
  return Object.freeze({
    ...suite,
    ...(curve && { curve: scalarLogging(curve, entity, log) }),
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
