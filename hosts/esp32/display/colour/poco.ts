import Resource from "Resource";
import Poco from "commodetto/Poco";
import parseBMF from "commodetto/parseBMF";
import parseBMP from "commodetto/parseBMP";
import { ColourDisplay } from "../../../../src/device/display/colour/colourDisplay.js";
import { type Grid, large } from "../../../../src/device/display/colour/metrics.js";
import { Painter } from "../../../../src/device/display/colour/painter.js";
import type { Ticker } from "../../../../src/device/keypad/keypad.js";
import type { Light } from "../../../../src/device/rest.js";

/** Octets for the commands of one area: the fullest (a row of the keyboard on the display) takes half of them. */
const displayListLength = 4096;

export interface ColourOptions {
  /** Of the display's size; 320×240 unless told. */
  readonly grid?: Grid;
  /** As the manifest's `config` has it. */
  readonly rotation?: 0 | 90 | 180 | 270;
  /** For what moves by itself. */
  readonly ticker?: Ticker;
  /** Where the display's light can be changed. */
  readonly backlight?: (light: Light) => void;
}

/**
 * The colour display of a target, `screen` being what the SDK sets up for it (`globalThis.screen`, in its own rotation or
 * in that of the options). Fonts and signs are resources of this folder's manifests, one for each size.
 */
export function openColourDisplay(
  screen: unknown,
  { grid = large, rotation = 0, ticker, backlight }: ColourOptions = {},
): ColourDisplay {
  return new ColourDisplay(
    new Painter(new Poco(screen as ConstructorParameters<typeof Poco>[0], { displayListLength, rotation }), {
      fonts: {
        title: parseBMF(new Resource(`${grid.titleFont}.bf4`)),
        body: parseBMF(new Resource(`${grid.bodyFont}.bf4`)),
      },
      icons: parseBMP(new Resource("icons-alpha.bmp")),
      grid,
    }),
    ticker,
    backlight,
  );
}
