import type { PocoLike } from "../../../src/device/display/colour/painter.js";
import { type GrayBits, type PixelFont, widthOf } from "./pixelFont.js";

/** Poco's five bits of opacity for the fifteen steps of a picture. */
const blendOf = (level: number): number => (level << 1) | (level >> 3);

/** The three colours of a 565 pixel with room between them: green above, red and blue below. */
const spread = 0x07e0f81f;

/** Mixes as Poco does for RGB565 (commodettoPocoBlit.c), to the bit; `blend` is 1 to 30 of 31. */
function mix(under: number, over: number, blend: number): number {
  const from = ((under | (under << 16)) & spread) >>> 0;
  const to = ((over | (over << 16)) & spread) >>> 0;
  let sum = (Math.imul(blend, to - from) + (from << 5) - from) >>> 0;
  sum = (sum + 0x02008010) >>> 0;
  sum = (sum + ((sum >>> 5) & spread)) >>> 0;
  const mixed = ((sum >>> 5) & spread) >>> 0;
  return (mixed | (mixed >>> 16)) & 0xffff;
}

interface Clip {
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly bottom: number;
}

/** The SDK's Poco in memory: pixels of RGB565, drawn to the bit as a board draws them. */
export class PixelPoco implements PocoLike<PixelFont, GrayBits> {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint16Array;
  #clip: Clip | undefined;

  constructor({ width, height }: { readonly width: number; readonly height: number }) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint16Array(width * height);
  }

  begin(x: number, y: number, w: number, h: number): void {
    this.#clip = { x, y, right: x + w, bottom: y + h };
  }

  continue(x: number, y: number, w: number, h: number): void {
    this.begin(x, y, w, h);
  }

  end(): void {
    this.#clip = undefined;
  }

  makeColor(r: number, g: number, b: number): number {
    return ((r >> 3) << 11) | ((g >> 2) << 5) | (b >> 3);
  }

  fillRectangle(color: number, x: number, y: number, w: number, h: number): void {
    const clip = this.#clip;
    if (clip === undefined) return;
    const { width } = this;
    const [left, right] = [Math.max(x, clip.x), Math.min(x + w, clip.right)];
    for (let row = Math.max(y, clip.y); row < Math.min(y + h, clip.bottom); row++) {
      if (right > left) this.pixels.fill(color, row * width + left, row * width + right);
    }
  }

  drawText(text: string, { glyphs }: PixelFont, color: number, x: number, y: number): void {
    for (const character of text) {
      const glyph = glyphs.get(character.codePointAt(0) as number);
      if (glyph === undefined) continue;
      const { dx, dy, advance, bits } = glyph;
      this.drawGray(bits, color, x + dx, y + dy, 0, 0, bits.width, bits.height);
      x += advance;
    }
  }

  drawGray(
    bits: GrayBits,
    color: number,
    x: number,
    y: number,
    sx: number,
    sy: number,
    sw: number,
    sh: number,
  ): void {
    const clip = this.#clip;
    if (clip === undefined) return;
    const { width } = this;
    const bottom = Math.min(y + sh, clip.bottom);
    const right = Math.min(x + sw, clip.right);
    for (let row = Math.max(y, clip.y); row < bottom; row++) {
      const from = (sy + row - y) * bits.width + sx - x;
      for (let column = Math.max(x, clip.x); column < right; column++)
        this.#blend(row * width + column, color, bits.levels[from + column] as number);
    }
  }

  #blend(at: number, color: number, level: number): void {
    if (level === 0) return;
    const { pixels } = this;
    pixels[at] = level === 15 ? color : mix(pixels[at] as number, color, blendOf(level));
  }

  getTextWidth(text: string, font: PixelFont): number {
    return widthOf(text, font);
  }
}
