import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Grid, large } from "../../../src/device/display/colour/metrics.js";
import type { Assets } from "../../../src/device/display/colour/painter.js";
import { small } from "../../../src/device/display/colour/smallMetrics.js";
import {
  type AllSentAssets,
  type Glyph,
  type GrayBits,
  type PixelFont,
  type SentAssets,
  sendBits,
  sendFont,
} from "./pixelFont.js";
import { type Alpha, readAlpha } from "./png.js";

/** The fonts and signs of the boards' colour displays, from the same files that the SDK packs for them. */

const folder = join(dirname(fileURLToPath(import.meta.url)), "../../../src/device/display/colour/assets");

export type PixelAssets = Assets<PixelFont, GrayBits>;

/** The SDK keeps the upper four bits of how transparent a pixel is. */
const levelOf = (alpha: number): number => 15 - ((255 - alpha) >> 4);

function cut({ width, octets }: Alpha, x: number, y: number, w: number, h: number): GrayBits {
  const levels = new Uint8Array(w * h);
  for (let row = 0; row < h; row++) {
    for (let column = 0; column < w; column++)
      levels[row * w + column] = levelOf(octets[(y + row) * width + x + column] as number);
  }
  return { width: w, height: h, levels };
}

/** The blocks of a binary BMFont file, by their type. */
function blocksOf(file: Buffer): ReadonlyMap<number, Buffer> {
  if (file.toString("latin1", 0, 4) !== "BMF\x03") throw new RangeError("not a font of BMFont 3");
  const blocks = new Map<number, Buffer>();
  for (let at = 4; at + 5 <= file.length; ) {
    const length = file.readUInt32LE(at + 1);
    blocks.set(file[at] as number, file.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return blocks;
}

const charSize = 20;

function readBmFont(name: string): PixelFont {
  const blocks = blocksOf(readFileSync(join(folder, `${name}.fnt`)));
  const [common, chars] = [blocks.get(2), blocks.get(4)];
  if (common === undefined || chars === undefined) throw new RangeError(`${name} is no whole font`);
  const sheet = readAlpha(readFileSync(join(folder, `${name}.png`)));
  const glyphs = new Map<number, Glyph>();
  for (let at = 0; at < chars.length; at += charSize) {
    const number = (offset: number): number => chars.readInt16LE(at + offset);
    glyphs.set(chars.readUInt32LE(at), {
      dx: number(12),
      dy: number(14),
      advance: number(16),
      bits: cut(sheet, number(4), number(6), number(8), number(10)),
    });
  }
  return { height: common.readUInt16LE(0), glyphs };
}

const read = new Map<Grid, PixelAssets>();

/** Of a size of display; reads its files once. */
export function pixelAssets(grid: Grid = large): PixelAssets {
  const before = read.get(grid);
  if (before !== undefined) return before;
  const icons = readAlpha(readFileSync(join(folder, "icons.png")));
  const assets: PixelAssets = {
    fonts: { title: readBmFont(grid.titleFont), body: readBmFont(grid.bodyFont) },
    icons: cut(icons, 0, 0, icons.width, icons.height),
    grid,
  };
  read.set(grid, assets);
  return assets;
}

function send(grid: Grid): SentAssets {
  const { fonts, icons } = pixelAssets(grid);
  return { title: sendFont(fonts.title), body: sendFont(fonts.body), icons: sendBits(icons), grid };
}

/** For a browser, as JSON: of each size of display. */
export const sentAssets = (): AllSentAssets => ({ "320x240": send(large), "240x135": send(small) });
