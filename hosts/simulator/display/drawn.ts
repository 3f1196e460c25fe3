import { hex } from "../../../src/base/octets.js";
import { ColourDisplay } from "../../../src/device/display/colour/colourDisplay.js";
import { type Grid, large } from "../../../src/device/display/colour/metrics.js";
import { small } from "../../../src/device/display/colour/smallMetrics.js";
import { type Display, ready } from "../../../src/device/display/display.js";
import { MonoDisplay, type MonoPanel } from "../../../src/device/display/mono/monoDisplay.js";
import type { Ticker } from "../../../src/device/keypad/keypad.js";
import type { Light } from "../../../src/device/rest.js";
import { ListPainter } from "./listPainter.js";
import type { DisplayKind, SentPicture } from "./sent.js";

/** The boards' own displays, drawing for a browser: each hands out what it shows. */

/** Tells of the light as well as of what is drawn. */
class Drawn {
  readonly #drawn: (picture: SentPicture) => void;
  #picture: SentPicture | undefined;
  #light: Light = "full";

  constructor(drawn: (picture: SentPicture) => void) {
    this.#drawn = drawn;
  }

  tell(picture: SentPicture | undefined): void {
    this.#picture = picture;
    if (picture !== undefined)
      this.#drawn(this.#light === "full" ? picture : { ...picture, light: this.#light });
  }

  readonly light = (light: Light): void => {
    this.#light = light;
    this.tell(this.#picture);
  };
}

export function drawnColour(
  drawn: (picture: SentPicture) => void,
  ticker: Ticker,
  grid: Grid = large,
): ColourDisplay {
  const out = new Drawn(drawn);
  const { kind } = grid;
  const painter = new ListPainter(grid, (items) => out.tell({ kind, items }));
  return new ColourDisplay(painter, ticker, out.light);
}

export function drawnMono(drawn: (picture: SentPicture) => void, ticker: Ticker): Display {
  const out = new Drawn(drawn);
  const tell = (): void => out.tell({ kind: "128x64", octets: hex(display.octets) });
  // An SSD1306 that is always there.
  const panel: MonoPanel = { open() {}, write() {}, close() {}, light: out.light };
  const display = new MonoDisplay(panel, {
    // Its pages turn by themselves.
    every: (period, work) =>
      ticker.every(period, () => {
        work();
        tell();
      }),
  });
  return {
    kind: "128x64",
    state: ready,
    light: (light) => display.light?.(light),
    show: (screen) => {
      display.show(screen);
      tell();
    },
  };
}

/** A display of any size. */
export function drawnOn(kind: DisplayKind, drawn: (picture: SentPicture) => void, ticker: Ticker): Display {
  if (kind === "128x64") return drawnMono(drawn, ticker);
  return drawnColour(drawn, ticker, kind === "240x135" ? small : large);
}
