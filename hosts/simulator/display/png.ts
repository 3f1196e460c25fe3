import { inflateSync } from "node:zlib";

/** The alpha of a picture, one octet a pixel, rows from the top. */
export interface Alpha {
  readonly width: number;
  readonly height: number;
  readonly octets: Uint8Array;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
const samples = 4;

/** Reads the PNG files that this project draws itself: 8 bits, RGBA, no filters. Throws RangeError for others. */
export function readAlpha(file: Buffer): Alpha {
  if (!file.subarray(0, 8).equals(signature)) throw new RangeError("not a PNG file");
  let [width, height] = [0, 0];
  const data: Buffer[] = [];
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString("latin1", at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      width = body.readUInt32BE(0);
      height = body.readUInt32BE(4);
      if (body[8] !== 8 || body[9] !== 6 || body[12] !== 0) throw new RangeError("not 8 bits of RGBA");
    } else if (type === "IDAT") data.push(body);
    at += 12 + length;
  }
  const rows = inflateSync(Buffer.concat(data));
  const row = 1 + samples * width;
  const octets = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    if (rows[y * row] !== 0) throw new RangeError("rows are filtered");
    for (let x = 0; x < width; x++)
      octets[y * width + x] = rows[y * row + 1 + samples * x + samples - 1] as number;
  }
  return { width, height, octets };
}
