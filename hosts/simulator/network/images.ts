import { p256 } from "@noble/curves/nist.js";
import { ascii, concat, fromHex } from "../../../src/base/octets.js";
import type { KeyValue } from "../../../src/base/ports.js";
import { verifySignature } from "../../../src/crypto/ecdsa.js";
import type { UpdateImage } from "../../../src/gateway/updates.js";
import type { UpdatePorts, UpdateSlots } from "../../../src/pne/updatePorts.js";
import {
  encodeHeader,
  type ImageHeader,
  keyIDOf,
  maximumVersion,
} from "../../../src/protocols/update/header.js";
import { nodeCurve } from "../../node/nodeCurve.js";
import { nodeSuite } from "../../node/nodeSuite.js";
import type { VirtualSlots } from "../world/slots.js";

/** Firmware images for virtual devices, and the key that they trust: of RFC 6979 A.2.5, which is known to everybody. */
const secretKey = fromHex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
export const simulatorKey = p256.getPublicKey(secretKey, true);
export const simulatorBoard = "simulator";

const mark = "CPNS firmware ";
/** Firmware with this in its version finds no gateway: for trials that fail. */
const deaf = "deaf";

const verifier = Object.freeze({ ...nodeSuite, curve: nodeCurve });

/** Of a virtual device that has never been updated, as the settings screen shows it. */
export const firmwareVersion = "0.1.0 simulator";

/** Of the image that runs, which begins with the mark and its version. */
export const versionOn = (slots: VirtualSlots): string =>
  runningVersion(slots.read("running", 64)) ?? firmwareVersion;

/**
 * What a virtual device does with an update. `publicKey`, compressed: the simulator's unless told, an empty one is none;
 * `counter`: what it was built with.
 */
export const updatePorts = (
  slots: UpdateSlots,
  store: KeyValue,
  publicKey: Uint8Array = simulatorKey,
  counter = 0,
): Omit<UpdatePorts, "restart"> => ({
  ...{ slots, store, counter, board: simulatorBoard },
  publicKey: publicKey.length === 0 ? undefined : publicKey,
  verify: (...signed) => verifySignature(verifier, ...signed),
});

function runningVersion(image: Uint8Array): string | undefined {
  const text = String.fromCharCode(...image.subarray(0, mark.length + maximumVersion));
  return text.startsWith(mark) ? text.slice(mark.length).split("\n")[0] : undefined;
}

export const isDeaf = (version: string | undefined): boolean => version?.includes(deaf) === true;

export interface ImageOptions extends Partial<Omit<ImageHeader, "keyID">> {
  readonly version: string;
  /** Of who signs it; the one that devices trust unless told. */
  readonly secretKey?: Uint8Array;
}

/** A whole image: `octets` of it, and its header, signed. `length` is said by the header, right unless told. */
export function makeImage(
  options: ImageOptions,
  size = 20_000,
): UpdateImage & { readonly image: Uint8Array; readonly id: string } {
  const { version, board = simulatorBoard, counter = 1 } = options;
  const image = new Uint8Array(size);
  for (let i = 0; i < size; i++) image[i] = (i * 7 + (i >> 8)) & 0xff;
  image.set(ascii(`${mark}${version}\n`));
  const { hash = nodeSuite.sha256(image), length = size } = options;
  const keyID = keyIDOf(nodeSuite, simulatorKey);
  const head = encodeHeader({ board, version, counter, length, hash, keyID });
  const header = concat(head, p256.sign(head, options.secretKey ?? secretKey));
  const read = (offset: number, count: number) => image.slice(offset, offset + count);
  return { header, image, read, id: Buffer.from(hash.subarray(0, 8)).toString("hex") };
}
