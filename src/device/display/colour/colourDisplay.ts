import type { Timer } from "../../../base/ports.js";
import { Milliseconds } from "../../../base/units.js";
import type { Screen } from "../../../ui/screen.js";
import type { Ticker } from "../../keypad/keypad.js";
import type { Light } from "../../rest.js";
import { type Display, type DisplayState, type Redraw, ready } from "../display.js";
import { damage } from "./damage.js";
import { DrawList } from "./drawList.js";
import { type Area, type Fonts, pixels } from "./items.js";
import type { Layer } from "./keyboard.js";
import { layout } from "./layout.js";
import { type Look, untouched } from "./look.js";
import type { Grid } from "./metrics.js";

const beatTime = Milliseconds(120);

/** What a colour display draws with: Poco on a board (`Painter`). */
export interface ColourPainter extends Fonts {
  /** Draws what of the list lies in the areas, as one frame. */
  paint(list: DrawList, areas: readonly Area[]): void;
}

/** A colour display, of the size that its painter has a grid for. */
export class ColourDisplay implements Display {
  readonly kind: Grid["kind"];
  readonly #painter: ColourPainter;
  #shown = new DrawList();
  #next = new DrawList();
  #screen: Screen | undefined;
  readonly #ticker: Ticker | undefined;
  readonly light?: (light: Light) => void;
  #beating: Timer | undefined;
  #look: Look = untouched;
  #state: DisplayState = ready;
  #redraw: Redraw = { areas: 0, pixels: 0 };

  /** With a ticker, a step that takes nobody knows how long is seen to go on; `backlight` may throw what its bus throws. */
  constructor(painter: ColourPainter, ticker?: Ticker, backlight?: (light: Light) => void) {
    this.#painter = painter;
    this.kind = painter.grid.kind;
    this.#ticker = ticker;
    if (backlight === undefined) return;
    this.light = (light) => {
      try {
        backlight(light);
      } catch {
        // The picture is still there.
      }
    };
  }

  get state(): DisplayState {
    return this.#state;
  }

  get redraw(): Redraw {
    return this.#redraw;
  }

  /** The keyboard's characters, on a display that is touched; a new screen begins with small letters. */
  get layer(): Layer {
    return this.#look.layer;
  }

  set layer(layer: Layer) {
    this.#become({ ...this.#look, layer });
  }

  /** The screen that is shown, for who has to know what a touch of it means. */
  get screen(): Screen | undefined {
    return this.#screen;
  }

  /** Width of a soft key's label. */
  measure(label: string): number {
    return this.#painter.width(label, "body");
  }

  /** Shows what is under the finger. */
  touch(area: Area | undefined): void {
    this.#become({ ...this.#look, touched: area });
  }

  #become(look: Look): void {
    this.#look = look;
    if (this.#screen !== undefined) this.#draw(this.#screen);
  }

  show(screen: Screen): void {
    if (screen.id !== this.#screen?.id) this.#look = untouched;
    this.#screen = screen;
    this.#draw(screen);
    const { progress } = screen;
    if (progress === undefined || progress.fraction !== undefined) this.#still();
    else this.#beating ??= this.#ticker?.every(beatTime, () => this.#beat());
  }

  #beat(): void {
    this.#become({ ...this.#look, beat: (this.#look.beat ?? 0) + 1 });
  }

  #still(): void {
    this.#beating?.cancel();
    this.#beating = undefined;
  }

  #draw(screen: Screen): void {
    try {
      const shown = this.#shown;
      const next = this.#next;
      layout(next, screen, this.#painter, this.#look);
      const { width: w, height: h } = this.#painter.grid;
      const areas = shown.length === 0 ? [{ x: 0, y: 0, w, h }] : damage(shown, next, this.#painter);
      this.#painter.paint(next, areas);
      this.#shown = next;
      this.#next = shown;
      // It may hold what was typed.
      shown.clear();
      this.#redraw = { areas: areas.length, pixels: areas.reduce((sum, area) => sum + pixels(area), 0) };
      this.#state = ready;
    } catch (error) {
      // What is on the display now is not known: the next screen is drawn whole.
      this.#shown.clear();
      this.#state = { is: "lost", why: error instanceof Error ? error.message : `${error}` };
    }
  }
}
