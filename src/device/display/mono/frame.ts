import { columnsOf, firstColumnOf, glyphColumns, spacing } from "./font.js";

export const width = 128;
export const height = 64;
export const pageCount = height / 8;

/** Signs of the header, in columns like the font's. */
export const signs = Object.freeze({
  key: Object.freeze([0x06, 0x09, 0x09, 0x06, 0x04, 0x04, 0x1c, 0x04, 0x0c]),
  linkNone: Object.freeze([0x41, 0x22, 0x14, 0x08, 0x14, 0x22, 0x41]),
  linkOpen: Object.freeze([0x04, 0x12, 0x09, 0x65, 0x65, 0x09, 0x12, 0x04]),
  linkSecure: Object.freeze([0x78, 0x7e, 0x79, 0x79, 0x79, 0x7e, 0x78]),
  linkAway: Object.freeze([0x1c, 0x22, 0x41, 0x4f, 0x49, 0x22, 0x1c]),
  check: Object.freeze([0x08, 0x10, 0x20, 0x10, 0x08, 0x04, 0x02]),
  warning: Object.freeze([0x40, 0x70, 0x4c, 0x5b, 0x4c, 0x70, 0x40]),
});

export type Sign = keyof typeof signs;

/** 128×64 pixels as the controller has them: eight pages of 128 columns, the lowest bit of an octet on top. */
export class Frame {
  readonly octets = new Uint8Array(width * pageCount);

  clear(): void {
    this.octets.fill(0);
  }

  /** Sets or clears a rectangle; what lies outside is cut off. */
  rect(x: number, y: number, w: number, h: number, on = true): void {
    const { octets } = this;
    const left = Math.max(0, x);
    const right = Math.min(width, x + w);
    const bottom = Math.min(height, y + h);
    for (let top = Math.max(0, y); top < bottom; top = (top | 7) + 1) {
      const mask = maskOf(top, bottom);
      const end = (top >> 3) * width + right;
      let at = (top >> 3) * width + left;
      if (mask === 0xff) {
        if (right > left) octets.fill(on ? 0xff : 0, at, end);
      } else if (on) for (; at < end; at++) octets[at] = (octets[at] as number) | mask;
      else for (; at < end; at++) octets[at] = (octets[at] as number) & ~mask;
    }
  }

  /** The outline of a rectangle. */
  box(x: number, y: number, w: number, h: number): void {
    this.rect(x, y, w, 1);
    this.rect(x, y + h - 1, w, 1);
    this.rect(x, y, 1, h);
    this.rect(x + w - 1, y, 1, h);
  }

  /** Turns a rectangle over. */
  invert(x: number, y: number, w: number, h: number): void {
    const { octets } = this;
    const right = Math.min(width, x + w);
    const bottom = Math.min(height, y + h);
    for (let top = Math.max(0, y); top < bottom; top = (top | 7) + 1) {
      const mask = maskOf(top, bottom);
      const end = (top >> 3) * width + right;
      for (let at = (top >> 3) * width + Math.max(0, x); at < end; at++) {
        octets[at] = (octets[at] as number) ^ mask;
      }
    }
  }

  /** Writes a text, its upper edge at `y`. Returns the column after its last letter. */
  text(text: string, x: number, y: number, on = true): number {
    for (let i = 0; i < text.length; i++) x = this.#glyph(text.charCodeAt(i), x, y, on) + spacing;
    return x;
  }

  /** Draws columns of eight pixels. Returns the column after the last one. */
  columns(columns: readonly number[], x: number, y: number, on = true): number {
    for (let i = 0; i < columns.length; i++) this.#column(x + i, y, columns[i] as number, on);
    return x + columns.length;
  }

  /** The loop that most of a screen is made of: within the frame, a column is one octet or two. */
  #glyph(code: number, x: number, y: number, on: boolean): number {
    const end = x + columnsOf(code);
    let from = firstColumnOf(code);
    if (x < 0 || end > width || y < 0 || y > height - 8) {
      for (; x < end; x++) this.#column(x, y, glyphColumns[from++] as number, on);
      return x;
    }
    const { octets } = this;
    const shift = y & 7;
    const base = (y >> 3) * width;
    for (let at = base + x; x < end; x++, at++) {
      const bits = (glyphColumns[from++] as number) << shift;
      // What does not fit is cut off by the array.
      octets[at] = on ? (octets[at] as number) | bits : (octets[at] as number) & ~bits;
      if (bits <= 0xff) continue;
      const below = octets[at + width] as number;
      octets[at + width] = on ? below | (bits >> 8) : below & ~(bits >> 8);
    }
    return x;
  }

  #column(x: number, y: number, bits: number, on: boolean): void {
    if (x < 0 || x >= width || y <= -8 || y >= height) return;
    const { octets } = this;
    const shifted = y >= 0 ? bits << (y & 7) : bits >> -y;
    const at = (y > 0 ? y >> 3 : 0) * width + x;
    const old = octets[at] as number;
    octets[at] = on ? old | shifted : old & ~shifted;
    if (shifted <= 0xff || at + width >= octets.length) return;
    const below = octets[at + width] as number;
    octets[at + width] = on ? below | (shifted >> 8) : below & ~(shifted >> 8);
  }
}

/** The bits of a page from row `top` on, down to `bottom` or the page's end. */
function maskOf(top: number, bottom: number): number {
  const end = Math.min(bottom, (top | 7) + 1);
  return (0xff << (top & 7)) & (0xff >> ((top | 7) + 1 - end)) & 0xff;
}
