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
export const signedLength = 112;
/** Larger than any flash that we know of. */
export const maximumImage = 0x1000000;
/** An image is known by the first octets of its SHA-256. */
export const imageIDLength = 8;

/**
 * The board that a build's images are signed for: its target, then "+" and its application, by the module
 * "apps/NAME/…"; "#" in place of "+" where NVS is encrypted, also without an application.
 */
export function boardOf(target: string, module: string | undefined, encrypted: boolean): string {
  const application = module?.split("/")[1] ?? "";
  return target + (encrypted ? "#" : application && "+") + application;
}

/** What a device goes by. */
export interface ImageFacts {
  /** 1 to 32 characters, as boardOf: "esp32/m5stack", "esp32/m5stack+lamp". */
  readonly board: string;
  /** For people, 1 to 24 characters. */
  readonly version: string;
  /** Never below the one of an image that has proven itself on the device. */
  readonly counter: number;
  /** Octets of the image, 1 to 2^24. */
  readonly length: number;
  /** SHA-256 of the image. */
  readonly hash: Uint8Array;
}

const magic = 0x43504e53;
const format = 0x01000000;

/** Whether 176 octets are a header of this format, whatever it says. */
export function isHeader(octets: Uint8Array): boolean {
  const view = new DataView(octets.buffer, octets.byteOffset);
  return view.getUint32(0) === magic && view.getUint32(4) === format;
}

/** What a header says whose signer has seen to its form. */
export function factsOf(octets: Uint8Array): ImageFacts {
  const view = new DataView(octets.buffer, octets.byteOffset);
  return {
    board: textAt(octets, 8, 40),
    version: textAt(octets, 40, 64),
    counter: view.getUint32(64),
    length: view.getUint32(68),
    hash: octets.slice(72, 104),
  };
}

function textAt(octets: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to && octets[i] !== 0; i++) text += String.fromCharCode(octets[i] as number);
  return text;
}
