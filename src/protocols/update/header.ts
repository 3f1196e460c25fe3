import { ascii, equalBytes } from "../../base/octets.js";
import { verifySignature } from "../../crypto/ecdsa.js";
import type { CurveSuite, Suite } from "../../crypto/suite.js";
import { UpdateError } from "./errors.js";
import { factsOf, headerLength, type ImageFacts, isHeader, maximumImage, signedLength } from "./image.js";

/** Headers of images, made and read with every check: for who signs, ships and looks at them. */

export const maximumBoard = 32;
export const maximumVersion = 24;
export const keyIDLength = 8;

/** What a header says. */
export interface ImageHeader extends ImageFacts {
  readonly keyID: Uint8Array;
}

/** What is signed: 112 octets. Throws UpdateError("update.form") for what no reader would take. */
export function encodeHeader(header: ImageHeader): Uint8Array {
  const { board, version, counter, length, hash, keyID } = header;
  const texts = isText(board, maximumBoard) && isText(version, maximumVersion);
  if (!texts || hash.length !== 32 || keyID.length !== keyIDLength) throw new UpdateError("update.form");
  const octets = new Uint8Array(headerLength);
  octets.set(ascii("CPNS"));
  octets[4] = 1;
  octets.set(ascii(board), 8);
  octets.set(ascii(version), 40);
  const view = new DataView(octets.buffer);
  view.setUint32(64, counter);
  view.setUint32(68, length);
  octets.set(hash, 72);
  octets.set(keyID, 104);
  // What does not fit its four octets comes back as another number.
  const facts = factsOf(octets);
  if (facts.counter !== counter || facts.length !== length || length < 1 || length > maximumImage) {
    throw new UpdateError("update.form");
  }
  return octets.slice(0, signedLength);
}

/** What a header may say of board and version. */
export const isText = (text: string, maximum: number): boolean =>
  text.length <= maximum && /^[!-~]+$/.test(text);

/** The id of a compressed public key: 8 octets, by which a person finds the right one. */
export const keyIDOf = (suite: Pick<Suite, "sha256">, publicKey: Uint8Array): Uint8Array =>
  suite.sha256(publicKey).slice(0, keyIDLength);

/** What 176 octets say, signed or not. Throws UpdateError("update.form"), also for a text with octets behind its end. */
export function readHeader(octets: Uint8Array): ImageHeader {
  if (octets.length !== headerLength || !isHeader(octets)) throw new UpdateError("update.form");
  const header = { ...factsOf(octets), keyID: octets.slice(104, signedLength) };
  if (!equalBytes(encodeHeader(header), octets.subarray(0, signedLength)))
    throw new UpdateError("update.form");
  return header;
}

/** What a header says that this key has signed. Throws UpdateError: "update.form", "update.notSigned". */
export function openHeader(
  suite: Pick<CurveSuite, "curve" | "sha256">,
  publicKey: Uint8Array,
  octets: Uint8Array,
): ImageHeader {
  const header = readHeader(octets);
  const signature = octets.subarray(signedLength);
  if (!verifySignature(suite, publicKey, octets.subarray(0, signedLength), signature))
    throw new UpdateError("update.notSigned");
  return header;
}
