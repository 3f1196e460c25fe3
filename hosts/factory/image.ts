import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { equalBytes, fromHex } from "../../src/base/octets.js";
import {
  encodeHeader,
  type ImageHeader,
  keyIDOf,
  openHeader,
  readHeader,
} from "../../src/protocols/update/header.js";
import { headerLength, maximumImage } from "../../src/protocols/update/image.js";
import { nodeCurve } from "../node/nodeCurve.js";
import { nodeSuite } from "../node/nodeSuite.js";
import { called } from "../node/program/called.js";
import { Refusal } from "../node/program/misuse.js";
import { espImageFault } from "./espImage.js";

/** Firmware images as a maker ships them: signed, and read again. */

/** The largest file of an image, octets. */
export const maximumImageFile = headerLength + maximumImage;
const suite = { ...nodeSuite, curve: nodeCurve };

/** A new private key: PEM (PKCS #8), to be kept. */
export function newSigningKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  return privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

/** Throws Refusal for what is no private key of P-256. */
export function readSigningKey(pem: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    key = undefined;
  }
  if (key?.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new Refusal("the file has no private key of P-256 in PEM");
  }
  return key;
}

/** The compressed public key, 33 octets, as a board is built with it. */
export function publicKeyOf(key: KeyObject): Uint8Array {
  const { x = "", y = "" } = createPublicKey(key).export({ format: "jwk" });
  const odd = (Buffer.from(y, "base64url").at(-1) ?? 0) & 1;
  return Uint8Array.from([2 + odd, ...Buffer.from(x, "base64url")]);
}

/** A public key in hexadecimal. Throws Refusal. */
export function readPublicKey(text: string): Uint8Array {
  try {
    const key = fromHex(text);
    nodeCurve.decompress(key);
    return key;
  } catch {
    throw new Refusal(`a public key is 66 digits in hexadecimal, as ${called("firmware")} public prints it`);
  }
}

/** What is said of an image by who ships it. */
export interface Release {
  readonly board: string;
  readonly version: string;
  readonly counter: number;
}

const hashOf = (image: Uint8Array): Uint8Array =>
  Uint8Array.from(createHash("sha256").update(image).digest());

/** The file to be shipped: header and image. Throws Refusal for an image that no board starts. */
export function signImage(image: Uint8Array, release: Release, key: KeyObject): Uint8Array {
  if (image.length === 0 || image.length > maximumImage)
    throw new Refusal(`an image has 1 to ${maximumImage} octets`);
  const fault = release.board.startsWith("esp32") ? espImageFault(image, release.board) : undefined;
  if (fault !== undefined) throw new Refusal(fault);
  const keyID = keyIDOf(suite, publicKeyOf(key));
  const head = encodeHeader({ ...release, length: image.length, hash: hashOf(image), keyID });
  const signature = sign("sha256", head, { key, dsaEncoding: "ieee-p1363" });
  return Uint8Array.from(Buffer.concat([head, signature, image]));
}

/** What a file of an image says and is worth. */
export interface ImageReport extends ImageHeader {
  /** The image is the one that the header speaks of. */
  readonly whole: boolean;
}

/** Reads a file; with a key, only what that has signed. Throws UpdateError("update.form" | "update.notSigned"). */
export function readImage(file: Uint8Array, publicKey?: Uint8Array): ImageReport {
  const head = file.slice(0, headerLength);
  const header = publicKey === undefined ? readHeader(head) : openHeader(suite, publicKey, head);
  const image = file.subarray(headerLength);
  return { ...header, whole: image.length === header.length && equalBytes(hashOf(image), header.hash) };
}
