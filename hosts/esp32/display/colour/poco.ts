import Resource from "Resource";
import Poco from "commodetto/Poco";
import parseBMF from "commodetto/parseBMF";
import parseBMP from "commodetto/parseBMP";
import { ColourDisplay } from "../../../../src/device/display/colour/colourDisplay.js";
import { Painter } from "../../../../src/device/display/colour/painter.js";
import type { Ticker } from "../../../../src/device/keypad/keypad.js";
import type { Light } from "../../../../src/device/rest.js";

/** Octets for the commands of one area: the fullest (a row of the keyboard on the display) takes half of them. */
const displayListLength = 4096;

export interface ColourOptions {
  /** As the manifest's `config` has it. */
  readonly rotation?: 0 | 90 | 180 | 270;
  /** For what moves by itself. */
  readonly ticker?: Ticker;
  /** Where the display's light can be changed. */
  readonly backlight?: (light: Light) => void;
}

/**
 * The colour display of a target, `screen` being what the SDK sets up for it (`globalThis.screen`, 320×240 in its own
 * rotation or in that of the options). Fonts and signs are resources of this folder's manifest.
 */
export function openColourDisplay(
  screen: unknown,
  { rotation = 0, ticker, backlight }: ColourOptions = {},
): ColourDisplay {
  return new ColourDisplay(
    new Painter(new Poco(screen as ConstructorParameters<typeof Poco>[0], { displayListLength, rotation }), {
      fonts: {
        title: parseBMF(new Resource("OpenSans-Semibold-18.bf4")),
        body: parseBMF(new Resource("OpenSans-Regular-16.bf4")),
      },
      icons: parseBMP(new Resource("icons-alpha.bmp")),
    }),
    ticker,
    backlight,
  );
}
