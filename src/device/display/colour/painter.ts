import { frozen } from "../../../base/frozen.js";
import { atlas } from "./atlas.js";
import type { ColourPainter } from "./colourDisplay.js";
import { corner } from "./damage.js";
import { type DrawList, Kind } from "./drawList.js";
import { type Area, type Color, colors, type Font, fonts, type Icon, icons } from "./items.js";
import type { Grid } from "./metrics.js";

/** A font of the SDK (`commodetto/parseBMF`). */
export interface PocoFont {
  readonly height: number;
}

/** What is used of `commodetto/Poco`. Colours are its own numbers. */
export interface PocoLike<F extends PocoFont, B> {
  begin(x: number, y: number, w: number, h: number): void;
  /** Sends what is begun, and begins another area of the same frame. */
  continue(x: number, y: number, w: number, h: number): void;
  end(): void;
  makeColor(r: number, g: number, b: number): number;
  fillRectangle(color: number, x: number, y: number, w: number, h: number): void;
  drawText(text: string, font: F, color: number, x: number, y: number): void;
  drawGray(
    bits: B,
    color: number,
    x: number,
    y: number,
    sx: number,
    sy: number,
    sw: number,
    sh: number,
  ): void;
  getTextWidth(text: string, font: F): number;
}

/** Fonts with U+0020 to U+007E and what `inColourFonts` knows, and the signs of `icons.png` as an alpha bitmap. */
export interface Assets<F, B> {
  readonly fonts: Readonly<Record<Font, F>>;
  readonly icons: B;
  readonly grid: Grid;
}

/** sRGB. Ink on card and onBar on each of its grounds have a contrast of more than 4.5 : 1 (a test computes it). */
export const palette: Readonly<Record<Color, readonly [r: number, g: number, b: number]>> = frozen({
  back: [0xf3, 0xf6, 0xfa],
  card: [0xff, 0xff, 0xff],
  ink: [0x17, 0x20, 0x2c],
  faint: [0x56, 0x62, 0x74],
  bar: [0x1b, 0x3a, 0x6b],
  accent: [0x1d, 0x5f, 0xd1],
  good: [0x14, 0x75, 0x3c],
  bad: [0xb3, 0x26, 0x1e],
  onBar: [0xff, 0xff, 0xff],
  dim: [0xdd, 0xe4, 0xee],
  line: [0xc3, 0xcd, 0xdb],
});

/** An area that is higher is drawn in parts, so that Poco's list of commands holds each of them. */
const band = 40;

/** Draws items with Poco. */
export class Painter<F extends PocoFont, B> implements ColourPainter {
  readonly heights: Readonly<Record<Font, number>>;
  readonly grid: Grid;
  readonly #poco: PocoLike<F, B>;
  readonly #assets: Assets<F, B>;
  /** As `colors` has them. */
  readonly #colors: readonly number[];

  constructor(poco: PocoLike<F, B>, assets: Assets<F, B>) {
    this.#poco = poco;
    this.#assets = assets;
    this.grid = assets.grid;
    const { title, body } = assets.fonts;
    this.heights = { title: title.height, body: body.height };
    this.#colors = colors.map((name) => poco.makeColor(...palette[name]));
  }

  width(text: string, font: Font): number {
    return this.#poco.getTextWidth(text, this.#assets.fonts[font]);
  }

  /** Draws what of the list lies in the areas, as one frame: nothing outside of them is sent. */
  paint(list: DrawList, areas: readonly Area[]): void {
    let begun = false;
    areas.forEach(({ x, y, w, h }) => {
      for (let top = y; top < y + h; top += band) {
        const part = { x, y: top, w, h: Math.min(band, y + h - top) };
        if (begun) this.#poco.continue(x, top, w, part.h);
        else this.#poco.begin(x, top, w, part.h);
        begun = true;
        for (let i = 0; i < list.length; i++) if (list.meets(i, part)) this.#draw(list, i);
      }
    });
    if (begun) this.#poco.end();
  }

  #draw(list: DrawList, index: number): void {
    const color = this.#colors[list.color(index)] as number;
    const kind = list.kind(index);
    if (kind === Kind.text) {
      const font = this.#assets.fonts[fonts[list.what(index)] as Font];
      this.#poco.drawText(list.textOf(index), font, color, list.x(index), list.y(index));
    } else if (kind === Kind.icon) this.#icons(list, index, color);
    else {
      const area = list.outline(index);
      if (kind === Kind.round) this.#round(area, color);
      else this.#poco.fillRectangle(color, area.x, area.y, area.w, area.h);
    }
  }

  #icons(list: DrawList, index: number, color: number): void {
    const { x: sx, y: sy, w: sw, h: sh } = atlas[icons[list.what(index)] as Icon];
    const count = list.count(index);
    const step = list.w(index) / count;
    for (let i = 0; i < count; i++) {
      const x = list.x(index) + i * step;
      this.#poco.drawGray(this.#assets.icons, color, x, list.y(index), sx, sy, sw, sh);
    }
  }

  #round({ x, y, w, h }: Area, color: number): void {
    const poco = this.#poco;
    const { icons } = this.#assets;
    const { x: sx, y: sy } = atlas.disc;
    const right = x + w - corner;
    const bottom = y + h - corner;
    poco.fillRectangle(color, x + corner, y, w - 2 * corner, h);
    if (h > 2 * corner) {
      poco.fillRectangle(color, x, y + corner, corner, h - 2 * corner);
      poco.fillRectangle(color, right, y + corner, corner, h - 2 * corner);
    }
    poco.drawGray(icons, color, x, y, sx, sy, corner, corner);
    poco.drawGray(icons, color, right, y, sx + corner, sy, corner, corner);
    poco.drawGray(icons, color, x, bottom, sx, sy + corner, corner, corner);
    poco.drawGray(icons, color, right, bottom, sx + corner, sy + corner, corner, corner);
  }
}
