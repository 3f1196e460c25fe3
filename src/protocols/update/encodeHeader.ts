import { ascii } from "../../base/octets.js";
import type { Suite } from "../../crypto/suite.js";
import { UpdateError } from "./errors.js";
import {
  headerLength,
  type ImageHeader,
  keyIDLength,
  magic,
  maximumBoard,
  maximumVersion,
  readHeader,
  signedLength,
} from "./image.js";

/** What is signed: 112 octets. Throws UpdateError("update.form") for what no reader would take. */
export function encodeHeader(header: ImageHeader): Uint8Array {
  const { board, version, counter, length, hash, keyID } = header;
  const texts = isText(board, maximumBoard) && isText(version, maximumVersion);
  if (!texts || hash.length !== 32 || keyID.length !== keyIDLength) throw new UpdateError("update.form");
  const octets = new Uint8Array(headerLength);
  octets.set(magic);
  octets.set(ascii(board), 8);
  octets.set(ascii(version), 40);
  const view = new DataView(octets.buffer);
  view.setUint32(64, counter);
  view.setUint32(68, length);
  octets.set(hash, 72);
  octets.set(keyID, 104);
  const read = readHeader(octets);
  // What does not fit its four octets comes back as another number.
  if (read.counter !== counter || read.length !== length) throw new UpdateError("update.form");
  return octets.slice(0, signedLength);
}

const isText = (text: string, maximum: number): boolean => text.length <= maximum && /^[!-~]+$/.test(text);

/** The id of a compressed public key: 8 octets, by which a person finds the right one. */
export const keyIDOf = (suite: Pick<Suite, "sha256">, publicKey: Uint8Array): Uint8Array =>
  suite.sha256(publicKey).slice(0, keyIDLength);
