import { createHash } from "node:crypto";
import { equalBytes } from "../../src/base/octets.js";

/** Images as ESP-IDF makes them (esp_image_header_t): header, segments, a sum of their octets, and its SHA-256. */

const headerLength = 24;
const segmentHead = 8;
const hashLength = 32;
const magic = 0xe9;
const mostSegments = 16;
/** What the sum of the octets begins with. */
const sumSeed = 0xef;
/** A signature for the chip's own secure boot: a sector of its own at the end. */
const sector = 4096;
const signatureMagic = 0xe7;

/** esp_chip_id_t. */
const chips: Readonly<Record<number, string>> = Object.freeze({
  0: "ESP32",
  2: "ESP32-S2",
  5: "ESP32-C3",
  9: "ESP32-S3",
  12: "ESP32-C2",
  13: "ESP32-C6",
  16: "ESP32-H2",
  18: "ESP32-P4",
});

/** The chips of the project's own targets. */
const chipOf: Readonly<Record<string, string>> = Object.freeze({
  "esp32/m5stack": "ESP32",
  "esp32/m5stack_fire": "ESP32",
  "esp32/m5stack_core2": "ESP32",
  "esp32/moddable_two": "ESP32",
  "esp32/nodemcu": "ESP32",
  "esp32/esp32_thing": "ESP32",
  "esp32/m5stack_cores3": "ESP32-S3",
  "esp32/m5stick_cplus": "ESP32",
  "esp32/moddable_six": "ESP32-S3",
  "esp32/esp32s3": "ESP32-S3",
  "esp32/esp32c3": "ESP32-C3",
  "esp32/esp32c6": "ESP32-C6",
});

/** Why no board of this name (boardOf) would start the image; undefined when nothing speaks against it. */
export function espImageFault(image: Uint8Array, board: string): string | undefined {
  if (image[0] !== magic || image.length < headerLength)
    return "this is no image for an ESP32: take the .bin of the application, not .elf or .json";
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  const chip = chips[view.getUint16(12, true)];
  if (chip === undefined) return "this is no image for an ESP32: it names a chip that nobody knows";
  const wanted = chipOf[board.split(/[+#]/)[0] as string];
  if (wanted !== undefined && wanted !== chip)
    return `the image is for ${chip}, and ${board} has an ${wanted}`;
  const end = segmentsEnd(view);
  if (end === undefined) return "the image is cut, or damaged: its segments reach beyond its end";
  return sumFault(image, end) ?? tailFault(image, end);
}

/** Behind the last segment; undefined when that is not in the image. */
function segmentsEnd(view: DataView): number | undefined {
  const count = view.getUint8(1);
  if (count === 0 || count > mostSegments) return undefined;
  let at = headerLength;
  for (let segment = 0; segment < count; segment++) {
    if (at + segmentHead > view.byteLength) return undefined;
    at += segmentHead + view.getUint32(at + 4, true);
    if (at >= view.byteLength) return undefined;
  }
  return at;
}

/** The sum is the last octet of a row of 16. */
const sumAt = (end: number): number => end | 15;

function sumFault(image: Uint8Array, end: number): string | undefined {
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  let sum = sumSeed;
  for (let at = headerLength; at < end; ) {
    const next = at + segmentHead + view.getUint32(at + 4, true);
    for (at += segmentHead; at < next; at++) sum ^= image[at] as number;
  }
  return image[sumAt(end)] === sum ? undefined : "the image is damaged: its sum is not that of its octets";
}

function tailFault(image: Uint8Array, end: number): string | undefined {
  let whole = sumAt(end) + 1;
  if (image[23] === 1) {
    const hash = createHash("sha256").update(image.subarray(0, whole)).digest();
    if (!equalBytes(image.slice(whole, whole + hashLength), Uint8Array.from(hash)))
      return "the image is damaged: its SHA-256 is not that of its octets";
    whole += hashLength;
  }
  const signed = image.length % sector === 0 && image[image.length - sector] === signatureMagic;
  if (image.length === whole || (image.length > whole && signed)) return undefined;
  return `the image ends after ${whole} octets, and the file has ${image.length}: take the .bin of the application alone`;
}
