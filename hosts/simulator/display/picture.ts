import { DrawList } from "../../../src/device/display/colour/drawList.js";
import { Painter } from "../../../src/device/display/colour/painter.js";
import {
  type AllSentAssets,
  type GrayBits,
  type PixelFont,
  readBits,
  readFont,
  type SentAssets,
} from "./pixelFont.js";
import { PixelPoco } from "./pixelPoco.js";
import { readList, type SentColour, type SentPicture } from "./sent.js";

/** Pixels as a canvas takes them: red, green, blue and 255, rows from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** The boards' painter over Poco in memory. */
class Pixels {
  readonly #poco: PixelPoco;
  readonly #list = new DrawList();
  readonly #painter: Painter<PixelFont, GrayBits>;

  constructor({ title, body, icons, grid }: SentAssets) {
    const fonts = { title: readFont(title), body: readFont(body) };
    this.#poco = new PixelPoco(grid);
    this.#painter = new Painter(this.#poco, { fonts, icons: readBits(icons), grid });
  }

  paint({ items }: SentColour): Uint16Array {
    const { width: w, height: h } = this.#poco;
    readList(items, this.#list);
    this.#painter.paint(this.#list, [{ x: 0, y: 0, w, h }]);
    this.#list.clear();
    return this.#poco.pixels;
  }
}

/** A colour display's pixels from its draw list, whatever its size. */
export class ColourPicture {
  readonly #assets: AllSentAssets;
  readonly #sizes = new Map<string, Pixels>();

  constructor(assets: AllSentAssets) {
    this.#assets = assets;
  }

  /** Pixels of RGB565, of use until the next call. */
  pixels(sent: SentColour): Uint16Array {
    const { kind } = sent;
    const pixels = this.#sizes.get(kind) ?? new Pixels(this.#assets[kind]);
    this.#sizes.set(kind, pixels);
    return pixels.paint(sent);
  }

  rgba(sent: SentColour): Picture {
    const { width, height } = this.#assets[sent.kind].grid;
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
