import type { Screen } from "../../../../src/ui/screen.js";
import { type Display, type DisplayState, type Redraw, ready } from "../display.js";
import { damage } from "./damage.js";
import { type Area, height, type Item, pixels, width } from "./items.js";
import type { Layer } from "./keyboard.js";
import { layout } from "./layout.js";
import type { Painter, PocoFont } from "./painter.js";

const everything: Area = Object.freeze({ x: 0, y: 0, w: width, h: height });

/** A colour display of 320×240 behind Poco. */
export class ColourDisplay<F extends PocoFont, B> implements Display {
  readonly kind = "320x240";
  readonly #painter: Painter<F, B>;
  #items: readonly Item[] = [];
  #screen: Screen | undefined;
  #layer: Layer = "lower";
  #state: DisplayState = ready;
  #redraw: Redraw = { areas: 0, pixels: 0 };

  constructor(painter: Painter<F, B>) {
    this.#painter = painter;
  }

  get state(): DisplayState {
    return this.#state;
  }

  get redraw(): Redraw {
    return this.#redraw;
  }

  /** The screen that is shown, for who has to know what a touch of it means. */
  get screen(): Screen | undefined {
    return this.#screen;
  }

  get layer(): Layer {
    return this.#layer;
  }

  /** The keyboard's other characters, on a display that is touched. */
  set layer(layer: Layer) {
    if (layer === this.#layer) return;
    this.#layer = layer;
    if (this.#screen !== undefined) this.#draw(this.#screen);
  }

  get lineHeight(): number {
    return this.#painter.heights.body;
  }

  measure(text: string): number {
    return this.#painter.width(text, "body");
  }

  show(screen: Screen): void {
    this.#screen = screen;
    this.#draw(screen);
  }

  #draw(screen: Screen): void {
    try {
      const items = layout(screen, this.#painter, this.#layer);
      const areas = this.#items.length === 0 ? [everything] : damage(this.#items, items, this.#painter);
      this.#painter.paint(items, areas);
      this.#items = items;
      this.#redraw = { areas: areas.length, pixels: areas.reduce((sum, area) => sum + pixels(area), 0) };
      this.#state = ready;
    } catch (error) {
      // What is on the display now is not known: the next screen is drawn whole.
      this.#items = [];
      this.#state = { is: "lost", why: error instanceof Error ? error.message : `${error}` };
    }
  }
}
