import { ColourDisplay } from "../../../src/device/display/colour/colourDisplay.js";
import { DrawList, Kind } from "../../../src/device/display/colour/drawList.js";
import {
  type Area,
  type Font,
  type Fonts,
  fonts,
  type Icon,
  icons,
} from "../../../src/device/display/colour/items.js";
import { layout } from "../../../src/device/display/colour/layout.js";
import { type Grid, large } from "../../../src/device/display/colour/metrics.js";
import { type Assets, Painter, type PocoLike } from "../../../src/device/display/colour/painter.js";
import { inColourFonts } from "../../../src/device/display/colour/repertoire.js";
import { small } from "../../../src/device/display/colour/smallMetrics.js";
import type { Ticker } from "../../../src/device/keypad/keypad.js";
import type { Light } from "../../../src/device/rest.js";
import type { Screen } from "../../../src/ui/screen.js";

export interface FakeFont {
  readonly height: number;
  /** Pixels of an em. */
  readonly size: number;
}

/** Near to the fonts of the manifest: Open Sans of 18 and 16 pixels. */
export const fakeFonts = Object.freeze({
  title: Object.freeze({ height: 24, size: 18 }),
  body: Object.freeze({ height: 21, size: 16 }),
});

const narrow = "ijl.,:;'|!I()[]{}`frt/\\ ";
const wide = "mwMW@%";

function advance(character: string, { size }: FakeFont): number {
  const em = narrow.includes(character)
    ? 0.31
    : wide.includes(character)
      ? 0.9
      : character >= "a"
        ? 0.57
        : 0.62;
  return Math.round(em * size);
}

/** As Poco's C: a character that the font does not have is nothing. */
export const fakeWidth = (text: string, font: FakeFont): number => {
  let all = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if ((character >= " " && character <= "~") || inColourFonts(character.charCodeAt(0)))
      all += advance(character, font);
  }
  return all;
};

/** An item taken out of the list. */
export interface Item extends Area {
  readonly kind: Kind;
  readonly text: string;
  readonly font: Font | undefined;
  readonly icon: Icon | undefined;
  readonly count: number;
}

function itemOf(list: DrawList, index: number): Item {
  const kind = list.kind(index);
  return {
    kind,
    x: list.x(index),
    y: list.y(index),
    w: list.w(index),
    h: list.h(index),
    text: list.textOf(index),
    font: kind === Kind.text ? fonts[list.what(index)] : undefined,
    icon: kind === Kind.icon ? icons[list.what(index)] : undefined,
    count: list.count(index),
  };
}

/** What a screen becomes on 320×240, or by other fonts and another grid. */
export function itemsOf(screen: Screen, fonts: Fonts = measuring): Item[] {
  const list = new DrawList();
  layout(list, screen, fonts);
  return Array.from({ length: list.length }, (_, index) => itemOf(list, index));
}

export const measuring: Fonts = Object.freeze({
  width: (text: string, font: keyof typeof fakeFonts) => fakeWidth(text, fakeFonts[font]),
  heights: Object.freeze({ title: 24, body: 21 }),
  grid: large,
});

/**
 * Draws into memory as Poco does, as far as a comparison needs it: opaque, cut to the area that was begun. Letters are
 * blocks whose colour is their own, and reach a pixel beyond their width, as some real ones do.
 */
export class FakePoco implements PocoLike<FakeFont, string> {
  readonly #grid: Grid;
  readonly pixels: Uint32Array;
  sent = 0;
  areas = 0;
  fails: string | undefined;
  #area: { readonly x: number; readonly y: number; readonly w: number; readonly h: number } | undefined;

  constructor(grid: Grid = large) {
    this.#grid = grid;
    this.pixels = new Uint32Array(grid.width * grid.height);
  }

  begin(x: number, y: number, w: number, h: number): void {
    if (this.#area !== undefined) throw new Error("begun already");
    this.#start(x, y, w, h);
  }

  continue(x: number, y: number, w: number, h: number): void {
    this.end();
    this.#start(x, y, w, h);
  }

  end(): void {
    if (this.#area === undefined) throw new Error("inactive");
    this.#area = undefined;
    if (this.fails !== undefined) throw new Error(this.fails);
  }

  #start(x: number, y: number, w: number, h: number): void {
    const { width, height } = this.#grid;
    if (![x, y, w, h].every(Number.isInteger)) throw new RangeError("not whole pixels");
    if (x < 0 || y < 0 || w <= 0 || h <= 0 || x + w > width || y + h > height)
      throw new RangeError("bad area");
    this.#area = { x, y, w, h };
    this.areas++;
    this.sent += w * h;
  }

  makeColor(r: number, g: number, b: number): number {
    return (r << 16) | (g << 8) | b;
  }

  fillRectangle(color: number, x: number, y: number, w: number, h: number): void {
    const area = this.#area;
    if (area === undefined) throw new Error("inactive");
    const { width } = this.#grid;
    const right = Math.min(x + w, area.x + area.w);
    const bottom = Math.min(y + h, area.y + area.h);
    for (let row = Math.max(y, area.y); row < bottom; row++) {
      const left = Math.max(x, area.x);
      if (right > left) this.pixels.fill(color, row * width + left, row * width + right);
    }
  }

  drawText(text: string, font: FakeFont, color: number, x: number, y: number): void {
    for (const character of text) {
      const code = character.codePointAt(0) as number;
      if (!/[ -~]/.test(character) && !inColourFonts(code)) throw new Error(`not in the font: ${text}`);
    }
    for (const character of text) {
      const w = advance(character, font);
      if (character !== " ") {
        this.fillRectangle(
          color ^ (character.charCodeAt(0) * 0x010305),
          x - 1,
          y + 3,
          w + 1,
          font.height - 6,
        );
      }
      x += w;
    }
  }

  drawGray(
    _bits: string,
    color: number,
    x: number,
    y: number,
    sx: number,
    sy: number,
    sw: number,
    sh: number,
  ): void {
    for (let row = 0; row < sh; row++) {
      const shade = color ^ ((sx + 7) * (sy + row + 3));
      this.fillRectangle(shade, x, y + row, sw, 1);
    }
  }

  getTextWidth(text: string, font: FakeFont): number {
    return fakeWidth(text, font);
  }
}

/** Near to those of 240×135: Open Sans of 14 and 12 pixels. */
const smallFonts = Object.freeze({
  title: Object.freeze({ height: 18, size: 14 }),
  body: Object.freeze({ height: 15, size: 12 }),
});

/** The letters of 240×135. */
export const measuringSmall: Fonts = Object.freeze({
  width: (text: string, font: keyof typeof smallFonts) => fakeWidth(text, smallFonts[font]),
  heights: Object.freeze({ title: 18, body: 15 }),
  grid: small,
});

export function fakeColour(
  ticker?: Ticker,
  backlight?: (light: Light) => void,
  grid: Grid = large,
): { poco: FakePoco; display: ColourDisplay } {
  const poco = new FakePoco(grid);
  const fonts = grid === large ? fakeFonts : smallFonts;
  const assets: Assets<FakeFont, string> = { fonts, icons: "icons", grid };
  return { poco, display: new ColourDisplay(new Painter(poco, assets), ticker, backlight) };
}
