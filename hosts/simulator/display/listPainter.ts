import type { ColourPainter } from "../../../src/device/display/colour/colourDisplay.js";
import type { DrawList } from "../../../src/device/display/colour/drawList.js";
import type { Font } from "../../../src/device/display/colour/items.js";
import type { Grid } from "../../../src/device/display/colour/metrics.js";
import { type PixelAssets, pixelAssets } from "./assets.js";
import { widthOf } from "./pixelFont.js";
import { type SentItem, sendList } from "./sent.js";

/** Measures as a board does, and hands out the list in place of drawing it. */
export class ListPainter implements ColourPainter {
  readonly heights: ColourPainter["heights"];
  readonly grid: Grid;
  readonly #fonts: PixelAssets["fonts"];
  readonly #drawn: (items: readonly SentItem[]) => void;

  constructor(grid: Grid, drawn: (items: readonly SentItem[]) => void) {
    this.grid = grid;
    this.#fonts = pixelAssets(grid).fonts;
    const { title, body } = this.#fonts;
    this.heights = { title: title.height, body: body.height };
    this.#drawn = drawn;
  }

  width(text: string, font: Font): number {
    return widthOf(text, this.#fonts[font]);
  }

  paint(list: DrawList): void {
    this.#drawn(sendList(list));
  }
}
