import { hex } from "../../../src/base/octets.js";
import { ColourDisplay } from "../../../src/device/display/colour/colourDisplay.js";
import { type Display, ready } from "../../../src/device/display/display.js";
import { MonoDisplay, type MonoPanel } from "../../../src/device/display/mono/monoDisplay.js";
import type { Ticker } from "../../../src/device/keypad/keypad.js";
import type { Light } from "../../../src/device/rest.js";
import { ListPainter } from "./listPainter.js";
import type { SentPicture } from "./sent.js";

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

export function drawnColour(drawn: (picture: SentPicture) => void, ticker: Ticker): ColourDisplay {
  const out = new Drawn(drawn);
  const painter = new ListPainter((items) => out.tell({ kind: "320x240", items }));
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
