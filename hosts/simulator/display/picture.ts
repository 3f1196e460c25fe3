import { DrawList } from "../../../src/device/display/colour/drawList.js";
import { height, width } from "../../../src/device/display/colour/items.js";
import { Painter } from "../../../src/device/display/colour/painter.js";
import { type GrayBits, type PixelFont, readBits, readFont, type SentAssets } from "./pixelFont.js";
import { PixelPoco } from "./pixelPoco.js";
import { readList, type SentPicture } from "./sent.js";

/** Pixels as a canvas takes them: red, green, blue and 255, rows from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

const everything = Object.freeze({ x: 0, y: 0, w: width, h: height });

/** A colour display's pixels from its draw list: the boards' painter over Poco in memory. */
export class ColourPicture {
  readonly #poco = new PixelPoco();
  readonly #list = new DrawList();
  readonly #painter: Painter<PixelFont, GrayBits>;

  constructor({ title, body, icons }: SentAssets) {
    const fonts = { title: readFont(title), body: readFont(body) };
    this.#painter = new Painter(this.#poco, { fonts, icons: readBits(icons) });
  }

  /** 320×240 pixels of RGB565, of use until the next call. */
  pixels({ items }: SentPicture & { kind: "320x240" }): Uint16Array {
    readList(items, this.#list);
    this.#painter.paint(this.#list, [everything]);
    this.#list.clear();
    return this.#poco.pixels;
  }

  rgba(sent: SentPicture & { kind: "320x240" }): Picture {
    const rgba = new Uint8ClampedArray(4 * width * height);
    for (const [i, pixel] of this.pixels(sent).entries()) {
      rgba[4 * i] = ((pixel >> 11) * 255) / 31;
      rgba[4 * i + 1] = (((pixel >> 5) & 63) * 255) / 63;
      rgba[4 * i + 2] = ((pixel & 31) * 255) / 31;
      rgba[4 * i + 3] = 255;
    }
    return { width, height, rgba };
  }
}

export const monoWidth = 128;
export const monoHeight = 64;
/** Light blue on black, as the usual module has it. */
const lit = [0xcf, 0xec, 0xff, 255];
const unlit = [0x06, 0x0a, 0x10, 255];

/** The pixels of a 128×64 display from its controller's memory. */
export function monoPicture({ octets }: SentPicture & { kind: "128x64" }): Picture {
  const rgba = new Uint8ClampedArray(4 * monoWidth * monoHeight);
  for (let y = 0; y < monoHeight; y++) {
    for (let x = 0; x < monoWidth; x++) {
      const at = 2 * ((y >> 3) * monoWidth + x);
      const on = (Number.parseInt(octets.slice(at, at + 2), 16) >> (y & 7)) & 1;
      rgba.set(on ? lit : unlit, 4 * (y * monoWidth + x));
    }
  }
  return { width: monoWidth, height: monoHeight, rgba };
}
