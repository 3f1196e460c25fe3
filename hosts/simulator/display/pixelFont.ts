import type { Grid } from "../../../src/device/display/colour/metrics.js";

/** One letter: where it stands beside the pen, how far the pen goes, and its pixels. */
export interface Glyph {
  readonly dx: number;
  readonly dy: number;
  readonly advance: number;
  readonly bits: GrayBits;
}

/** Opacity of pixels in 15 steps, one octet each: what the SDK packs a picture's alpha to. */
export interface GrayBits {
  readonly width: number;
  readonly height: number;
  readonly levels: Uint8Array;
}

/** A font of the colour display in memory. */
export interface PixelFont {
  readonly height: number;
  readonly glyphs: ReadonlyMap<number, Glyph>;
}

/** As Poco: a character that the font does not have takes no room. */
export function widthOf(text: string, { glyphs }: PixelFont): number {
  let width = 0;
  for (const character of text) width += glyphs.get(character.codePointAt(0) as number)?.advance ?? 0;
  return width;
}

// ── How a browser gets them: levels as hexadecimal digits ──

export type SentBits = readonly [width: number, height: number, levels: string];
export type SentGlyph = readonly [code: number, dx: number, dy: number, advance: number, ...SentBits];

export interface SentFont {
  readonly height: number;
  readonly glyphs: readonly SentGlyph[];
}

export interface SentAssets {
  readonly title: SentFont;
  readonly body: SentFont;
  readonly icons: SentBits;
  readonly grid: Grid;
}

export type AllSentAssets = Readonly<Record<Grid["kind"], SentAssets>>;

export function sendBits({ width, height, levels }: GrayBits): SentBits {
  let text = "";
  for (const level of levels) text += level.toString(16);
  return [width, height, text];
}

export const readBits = ([width, height, text]: SentBits): GrayBits => ({
  width,
  height,
  levels: Uint8Array.from(text, (digit) => Number.parseInt(digit, 16)),
});

export const sendFont = ({ height, glyphs }: PixelFont): SentFont => ({
  height,
  glyphs: [...glyphs].map(([code, { dx, dy, advance, bits }]) => [code, dx, dy, advance, ...sendBits(bits)]),
});

export const readFont = ({ height, glyphs }: SentFont): PixelFont => ({
  height,
  glyphs: new Map(
    glyphs.map(([code, dx, dy, advance, ...bits]) => [code, { dx, dy, advance, bits: readBits(bits) }]),
  ),
});
