import { hex } from "../../../src/base/octets.js";
import { ColourDisplay } from "../../../src/device/display/colour/colourDisplay.js";
import { type Display, ready } from "../../../src/device/display/display.js";
import { MonoDisplay, type MonoPanel } from "../../../src/device/display/mono/monoDisplay.js";
import type { Ticker } from "../../../src/device/keypad/keypad.js";
import { ListPainter } from "./listPainter.js";
import type { SentPicture } from "./sent.js";

/** The boards' own displays, drawing for a browser: each hands out what it shows. */

export function drawnColour(drawn: (picture: SentPicture) => void, ticker: Ticker): ColourDisplay {
  return new ColourDisplay(new ListPainter((items) => drawn({ kind: "320x240", items })), ticker);
}

/** An SSD1306 that is always there. */
const panel: MonoPanel = Object.freeze({ open() {}, write() {}, close() {} });

export function drawnMono(drawn: (picture: SentPicture) => void, ticker: Ticker): Display {
  const tell = (): void => drawn({ kind: "128x64", octets: hex(display.octets) });
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
    show: (screen) => {
      display.show(screen);
      tell();
    },
  };
}
