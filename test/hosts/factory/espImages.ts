import { createHash } from "node:crypto";

export interface EspImage {
  /** esp_chip_id_t; ESP32 unless told. */
  readonly chip?: number;
  readonly segments?: readonly Uint8Array[];
  /** Its SHA-256 is behind it; it is unless told. */
  readonly hashed?: boolean;
}

const segment = (octets: number): Uint8Array => Uint8Array.from({ length: octets }, (_, i) => (7 * i) & 0xff);

/** An image as esptool's elf2image makes it. */
export function espImage({
  chip = 0,
  segments = [segment(1000), segment(3852)],
  hashed = true,
}: EspImage = {}): Uint8Array {
  const head = Buffer.alloc(24);
  head.set([0xe9, segments.length, 2, 0x20]);
  head.writeUInt16LE(chip, 12);
  head[23] = hashed ? 1 : 0;
  let sum = 0xef;
  const parts = segments.map((octets, i) => {
    const before = Buffer.alloc(8);
    before.writeUInt32LE(0x3f400020 + 0x10000 * i, 0);
    before.writeUInt32LE(octets.length, 4);
    for (const octet of octets) sum ^= octet;
    return Buffer.concat([before, octets]);
  });
  const body = Buffer.concat([head, ...parts]);
  const padded = Buffer.concat([body, Buffer.alloc(16 - (body.length % 16))]);
  padded[padded.length - 1] = sum;
  const hash = createHash("sha256").update(padded).digest();
  return Uint8Array.from(hashed ? Buffer.concat([padded, hash]) : padded);
}
