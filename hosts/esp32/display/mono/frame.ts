import { columnOf, columnsOf, spacing } from "./font.js";

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
    const bottom = Math.min(height, y + h);
    const right = Math.min(width, x + w);
    for (let top = Math.max(0, y); top < bottom; ) {
      const page = top >> 3;
      const end = Math.min(bottom, (page + 1) << 3);
      const mask = (0xff << (top & 7)) & (0xff >> (((page + 1) << 3) - end));
      for (let column = Math.max(0, x); column < right; column++) this.#apply(page, column, mask, on);
      top = end;
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
    for (let column = Math.max(0, x); column < Math.min(width, x + w); column++) {
      for (let row = Math.max(0, y); row < Math.min(height, y + h); row++) {
        const index = (row >> 3) * width + column;
        this.octets[index] = (this.octets[index] as number) ^ (1 << (row & 7));
      }
    }
  }

  /** Writes a text, its upper edge at `y`. Returns the column after its last letter. */
  text(text: string, x: number, y: number, on = true): number {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const columns = columnsOf(code);
      for (let c = 0; c < columns; c++) this.#column(x + c, y, columnOf(code, c), on);
      x += columns + spacing;
    }
    return x;
  }

  /** Draws columns of eight pixels. Returns the column after the last one. */
  columns(columns: readonly number[], x: number, y: number, on = true): number {
    for (const [index, column] of columns.entries()) this.#column(x + index, y, column, on);
    return x + columns.length;
  }

  #column(x: number, y: number, bits: number, on: boolean): void {
    if (x < 0 || x >= width) return;
    const shifted = y >= 0 ? bits << (y & 7) : bits >> -y;
    const page = Math.max(0, y) >> 3;
    if (page < pageCount) this.#apply(page, x, shifted & 0xff, on);
    if (shifted > 0xff && page + 1 < pageCount) this.#apply(page + 1, x, shifted >> 8, on);
  }

  #apply(page: number, column: number, mask: number, on: boolean): void {
    const index = page * width + column;
    const old = this.octets[index] as number;
    this.octets[index] = on ? old | mask : old & ~mask;
  }
}
