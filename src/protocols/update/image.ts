import { compressedLength } from "../../crypto/curve.js";
import { signatureLength, verifySignature } from "../../crypto/ecdsa.js";
import type { CurveSuite } from "../../crypto/suite.js";
import { UpdateError } from "./errors.js";

/**
 * A firmware image as it is shipped: a header of 176 octets, then the image (docs/PROTOCOL.md, Update). Integers are big
 * endian, texts ASCII and filled up with zeros.
 *
 *   0  4  "CPNS"          64  4  counter against older images
 *   4  1  format, 1       68  4  length of the image, octets
 *   5  3  0               72 32  SHA-256 of the image
 *   8 32  board          104  8  id of the key: the first octets of SHA-256 of the compressed public key
 *  40 24  version        112 64  ECDSA P-256 SHA-256 over the octets before, r ‖ s
 */
export const headerLength = 176;
export const signedLength = headerLength - signatureLength;
export const maximumBoard = 32;
export const maximumVersion = 24;
export const keyIDLength = 8;
/** Larger than any flash that we know of. */
export const maximumImage = 0x1000000;

export const magic: readonly number[] = Object.freeze([0x43, 0x50, 0x4e, 0x53, 1, 0, 0, 0]);

/** What a header says. */
export interface ImageHeader {
  /** 1 to 32 characters: "esp32/m5stack". */
  readonly board: string;
  /** For people, 1 to 24 characters. */
  readonly version: string;
  /** Never below the one of an image that has proven itself on the device. */
  readonly counter: number;
  /** Octets of the image, 1 to 2^24. */
  readonly length: number;
  /** SHA-256 of the image. */
  readonly hash: Uint8Array;
  readonly keyID: Uint8Array;
}

/** What 176 octets say, signed or not. Throws UpdateError("update.form"). */
export function readHeader(octets: Uint8Array): ImageHeader {
  if (octets.length !== headerLength) throw new UpdateError("update.form", "length");
  for (let i = 0; i < magic.length; i++) if (octets[i] !== magic[i]) throw new UpdateError("update.form");
  const view = new DataView(octets.buffer, octets.byteOffset);
  const length = view.getUint32(68);
  if (length < 1 || length > maximumImage) throw new UpdateError("update.form", "size");
  return {
    board: text(octets, 8, maximumBoard),
    version: text(octets, 40, maximumVersion),
    counter: view.getUint32(64),
    length,
    hash: octets.slice(72, 104),
    keyID: octets.slice(104, signedLength),
  };
}

/** Letters that every display has, and nothing after the first zero: one encoding of each text. */
function text(octets: Uint8Array, at: number, length: number): string {
  let found = "";
  for (let i = 0; i < length; i++) {
    const octet = octets[at + i] as number;
    if (octet === 0) continue;
    if (octet < 0x21 || octet > 0x7e || found.length !== i) throw new UpdateError("update.form", "text");
    found += String.fromCharCode(octet);
  }
  if (found.length === 0) throw new UpdateError("update.form", "text");
  return found;
}

/**
 * What a header says that this key has signed. Throws UpdateError: "update.form"; "update.noKey" without a key;
 * "update.notSigned".
 */
export function openHeader(
  suite: Pick<CurveSuite, "curve" | "sha256">,
  publicKey: Uint8Array | undefined,
  octets: Uint8Array,
): ImageHeader {
  const header = readHeader(octets);
  if (publicKey?.length !== compressedLength) throw new UpdateError("update.noKey");
  const signature = octets.subarray(signedLength);
  if (!verifySignature(suite, publicKey, octets.subarray(0, signedLength), signature)) {
    throw new UpdateError("update.notSigned");
  }
  return header;
}
