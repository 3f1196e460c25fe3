import { wipe } from "../base/octets.js";
import type { Random } from "../base/ports.js";
import { basePoint, compress, reduceScalar, scalarLength } from "./curve.js";
import { Secret } from "./secret.js";
import type { CurveSuite } from "./suite.js";

/**
 * Forward secrecy (docs/PROTOCOL.md, Direct pair): each side that wants it sends an ephemeral point of P-256, SEC 1
 * compressed, 33 octets; the secret is the x-coordinate of the common point, 32 octets (SEC 1 §3.3.1). A peer's point
 * that is none of the curve's is refused with CryptoError("crypto.point"); P-256 has no small subgroups.
 */

/** 40 random octets mod n, whose bias is below 2^-64. */
export function randomScalar(random: Random): Uint8Array {
  const wide = new Uint8Array(scalarLength + 8);
  random.fill(wide);
  const scalar = reduceScalar(wide);
  wipe(wide);
  return scalar;
}

/** One side's ephemeral key: used with one peer once. */
export class Ephemeral {
  /** For the peer, 33 octets. */
  readonly share: Uint8Array;
  readonly #suite: CurveSuite;
  readonly #scalar: Secret;

  constructor(suite: CurveSuite, random: Random) {
    this.#suite = suite;
    this.#scalar = new Secret(randomScalar(random));
    this.share = compress(suite.curve.multiply(this.#scalar.octets, basePoint()));
  }

  /** The common secret, and the end of this key. Throws CryptoError("crypto.point"). */
  agree(peerShare: Uint8Array): Secret {
    const { curve } = this.#suite;
    try {
      const common = curve.multiply(this.#scalar.octets, curve.decompress(peerShare));
      const secret = new Secret(common.slice(1, 33));
      wipe(common);
      return secret;
    } finally {
      this.wipe();
    }
  }

  wipe(): void {
    this.#scalar.wipe();
  }
}

/** What the answering side makes of an offer. */
export interface Agreement {
  readonly share: Uint8Array;
  readonly secret: Secret;
}

/** Answers an offered share with one of our own. Throws CryptoError("crypto.point"). */
export function answerShare(suite: CurveSuite, random: Random, peerShare: Uint8Array): Agreement {
  const own = new Ephemeral(suite, random);
  return { share: own.share, secret: own.agree(peerShare) };
}
