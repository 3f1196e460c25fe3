// Writes PNG files: 8 bits a sample, gray, RGB or RGBA; or up to 256 colours by a palette.
import { deflateSync } from "node:zlib";

const crcTable = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  let crc = 0xffffffff;
  for (const octet of body) crc = (crcTable[(crc ^ octet) & 0xff] ?? 0) ^ (crc >>> 8);
  const length = Buffer.alloc(4);
  const check = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  check.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return Buffer.concat([length, body, check]);
}

const colorTypes = { gray: [0, 1], rgb: [2, 3], rgba: [6, 4], palette: [3, 1] };

/** `pixels`: rows from the top, samples as `kind` has them; `palette`: [r, g, b] each. */
export function png(width, height, kind, pixels, palette) {
  const [colorType, samples] = colorTypes[kind];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colorType], 8);
  const row = samples * width;
  const rows = Buffer.alloc(height * (1 + row));
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * row, (y + 1) * row), y * (1 + row) + 1);
  const parts = [Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), chunk("IHDR", header)];
  if (palette !== undefined) parts.push(chunk("PLTE", Buffer.from(palette.flat())));
  parts.push(chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0)));
  return Buffer.concat(parts);
}
