import { ellipsed, type Measure, printable, wrapped } from "../text.js";
import type { DrawList } from "./drawList.js";
import type { Color, Font, Fonts, Icon } from "./items.js";
import type { Grid } from "./metrics.js";
import { inColourFonts } from "./repertoire.js";

export type Align = "left" | "center" | "right";

/** Takes what is to be drawn, in order; every text is made printable, and none is wider than its room. */
export class Sheet {
  readonly #list: DrawList;
  readonly fonts: Fonts;
  readonly grid: Grid;
  readonly #measures: Readonly<Record<Font, Measure>>;

  /** Empties the list first. */
  constructor(list: DrawList, fonts: Fonts) {
    list.clear();
    this.#list = list;
    this.fonts = fonts;
    this.grid = fonts.grid;
    this.#measures = {
      title: (text) => fonts.width(text, "title"),
      body: (text) => fonts.width(text, "body"),
    };
  }

  measure(font: Font): Measure {
    return this.#measures[font];
  }

  rect(x: number, y: number, w: number, h: number, color: Color, round = false): void {
    if (w > 0 && h > 0) this.#list.rect(x, y, w, h, color, round);
  }

  icon(icon: Icon, x: number, y: number, w: number, h: number, color: Color, count = 1): void {
    if (count > 0) this.#list.icon(icon, x, y, w * count, h, color, count);
  }

  /** One line in a room of `w` pixels from `x`, its upper edge at `y`. Returns the width of what is written. */
  text(
    text: string,
    x: number,
    y: number,
    w: number,
    font: Font,
    color: Color,
    align: Align = "left",
  ): number {
    const shown = ellipsed(printable(text, inColourFonts), w, this.#measures[font]);
    if (shown === "") return 0;
    const width = this.fonts.width(shown, font);
    const left = align === "left" ? x : align === "right" ? x + w - width : x + ((w - width) >> 1);
    this.#list.text(shown, left, y, width, this.fonts.heights[font], font, color);
    return width;
  }

  /** Lines in a room of `w` pixels, at most `most` of them, the last with dots if there are more. Returns the next `y`. */
  lines(
    text: string,
    x: number,
    y: number,
    w: number,
    color: Color,
    most: number,
    align: Align = "left",
  ): number {
    const all = wrapped(printable(text, inColourFonts), w, this.#measures.body);
    const { body } = this.fonts.heights;
    const shown = Math.min(all.length, Math.max(0, most));
    for (let i = 0; i < shown; i++) {
      const rest = i === shown - 1 && all.length > shown ? all.slice(i).join(" ") : (all[i] as string);
      this.text(rest, x, y + i * body, w, "body", color, align);
    }
    return y + shown * body;
  }
}
