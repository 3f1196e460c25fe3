import { ColourDisplay } from "../../../../hosts/esp32/display/colour/colourDisplay.js";
import { DrawList, Kind } from "../../../../hosts/esp32/display/colour/drawList.js";
import {
  type Area,
  type Font,
  type Fonts,
  fonts,
  height,
  type Icon,
  icons,
  width,
} from "../../../../hosts/esp32/display/colour/items.js";
import { layout } from "../../../../hosts/esp32/display/colour/layout.js";
import { type Assets, Painter, type PocoLike } from "../../../../hosts/esp32/display/colour/painter.js";
import type { I2CWriterConstructor } from "../../../../hosts/esp32/display/mono/ssd1306.js";
import type { Ticker } from "../../../../hosts/esp32/keypad/keypad.js";
import type { Screen } from "../../../../src/ui/screen.js";

export interface FakeFont {
  readonly height: number;
  /** Pixels of an em. */
  readonly size: number;
}

/** Near to the fonts of the manifest: Open Sans of 18 and 16 pixels. */
export const fakeFonts = Object.freeze({
  title: Object.freeze({ height: 24, size: 18 }),
  body: Object.freeze({ height: 21, size: 16 }),
});

const narrow = "ijl.,:;'|!I()[]{}`frt/\\ ";
const wide = "mwMW@%";

function advance(character: string, { size }: FakeFont): number {
  const em = narrow.includes(character)
    ? 0.31
    : wide.includes(character)
      ? 0.9
      : character >= "a"
        ? 0.57
        : 0.62;
  return Math.round(em * size);
}

/** As Poco's C: a character that the font does not have is nothing. */
export const fakeWidth = (text: string, font: FakeFont): number => {
  let all = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character >= " " && character <= "~") all += advance(character, font);
  }
  return all;
};

/** An item taken out of the list. */
export interface Item extends Area {
  readonly kind: Kind;
  readonly text: string;
  readonly font: Font | undefined;
  readonly icon: Icon | undefined;
  readonly count: number;
}

function itemOf(list: DrawList, index: number): Item {
  const kind = list.kind(index);
  return {
    kind,
    x: list.x(index),
    y: list.y(index),
    w: list.w(index),
    h: list.h(index),
    text: list.textOf(index),
    font: kind === Kind.text ? fonts[list.what(index)] : undefined,
    icon: kind === Kind.icon ? icons[list.what(index)] : undefined,
    count: list.count(index),
  };
}

/** What a screen becomes on 320×240. */
export function itemsOf(screen: Screen): Item[] {
  const list = new DrawList();
  layout(list, screen, measuring);
  return Array.from({ length: list.length }, (_, index) => itemOf(list, index));
}

export const measuring: Fonts = Object.freeze({
  width: (text: string, font: keyof typeof fakeFonts) => fakeWidth(text, fakeFonts[font]),
  heights: Object.freeze({ title: 24, body: 21 }),
});

/**
 * Draws into memory as Poco does, as far as a comparison needs it: opaque, cut to the area that was begun. Letters are
 * blocks whose colour is their own, and reach a pixel beyond their width, as some real ones do.
 */
export class FakePoco implements PocoLike<FakeFont, string> {
  readonly pixels = new Uint32Array(width * height);
  sent = 0;
  areas = 0;
  fails: string | undefined;
  #area: { readonly x: number; readonly y: number; readonly w: number; readonly h: number } | undefined;

  begin(x: number, y: number, w: number, h: number): void {
    if (this.#area !== undefined) throw new Error("begun already");
    this.#start(x, y, w, h);
  }

  continue(x: number, y: number, w: number, h: number): void {
    this.end();
    this.#start(x, y, w, h);
  }

  end(): void {
    if (this.#area === undefined) throw new Error("inactive");
    this.#area = undefined;
    if (this.fails !== undefined) throw new Error(this.fails);
  }

  #start(x: number, y: number, w: number, h: number): void {
    if (![x, y, w, h].every(Number.isInteger)) throw new RangeError("not whole pixels");
    if (x < 0 || y < 0 || w <= 0 || h <= 0 || x + w > width || y + h > height)
      throw new RangeError("bad area");
    this.#area = { x, y, w, h };
    this.areas++;
    this.sent += w * h;
  }

  makeColor(r: number, g: number, b: number): number {
    return (r << 16) | (g << 8) | b;
  }

  fillRectangle(color: number, x: number, y: number, w: number, h: number): void {
    const area = this.#area;
    if (area === undefined) throw new Error("inactive");
    const right = Math.min(x + w, area.x + area.w);
    const bottom = Math.min(y + h, area.y + area.h);
    for (let row = Math.max(y, area.y); row < bottom; row++) {
      const left = Math.max(x, area.x);
      if (right > left) this.pixels.fill(color, row * width + left, row * width + right);
    }
  }

  drawText(text: string, font: FakeFont, color: number, x: number, y: number): void {
    if (!/^[ -~]+$/.test(text)) throw new Error(`not in the font: ${text}`);
    for (const character of text) {
      const w = advance(character, font);
      if (character !== " ") {
        this.fillRectangle(
          color ^ (character.charCodeAt(0) * 0x010305),
          x - 1,
          y + 3,
          w + 1,
          font.height - 6,
        );
      }
      x += w;
    }
  }

  drawGray(
    _bits: string,
    color: number,
    x: number,
    y: number,
    sx: number,
    sy: number,
    sw: number,
    sh: number,
  ): void {
    for (let row = 0; row < sh; row++) {
      const shade = color ^ ((sx + 7) * (sy + row + 3));
      this.fillRectangle(shade, x, y + row, sw, 1);
    }
  }

  getTextWidth(text: string, font: FakeFont): number {
    return fakeWidth(text, font);
  }
}

const assets: Assets<FakeFont, string> = { fonts: fakeFonts, icons: "icons" };

export function fakeColour(ticker?: Ticker): { poco: FakePoco; display: ColourDisplay<FakeFont, string> } {
  const poco = new FakePoco();
  return { poco, display: new ColourDisplay(new Painter(poco, assets), ticker) };
}

/** An SSD1306 as its data sheet has it: takes commands and data, and shows its memory. */
export class OledBoard {
  readonly memory = new Uint8Array(1024).fill(0xa5);
  plugged = true;
  on = false;
  open = 0;
  transfers = 0;
  octets = 0;
  #columns = [0, 127];
  #pages = [0, 7];
  #column = 0;
  #page = 0;

  get io(): I2CWriterConstructor {
    const board = this;
    return class {
      constructor(options: { address: number }) {
        if (board.open > 0) throw new RangeError("duplicate address");
        if (options.address !== 0x3c) throw new RangeError("wrong address in this test");
        board.open++;
      }

      write(octets: Uint8Array): void {
        if (!board.plugged) throw new Error("write failed");
        if (octets.length > 129) throw new Error("longer than a row");
        board.transfers++;
        board.octets += octets.length + 1;
        if (octets[0] === 0x40) for (const octet of octets.subarray(1)) board.#data(octet);
        else if (octets[0] === 0) board.#commands([...octets.subarray(1)]);
        else throw new Error("neither commands nor data");
      }

      close(): void {
        board.open--;
      }
    };
  }

  #data(octet: number): void {
    this.memory[this.#page * 128 + this.#column] = octet;
    if (this.#column++ < (this.#columns[1] as number)) return;
    this.#column = this.#columns[0] as number;
    this.#page = this.#page < (this.#pages[1] as number) ? this.#page + 1 : (this.#pages[0] as number);
  }

  #commands(list: number[]): void {
    const withOperand = [0xd5, 0xa8, 0xd3, 0x8d, 0x20, 0xda, 0x81, 0xd9, 0xdb];
    while (list.length > 0) {
      const command = list.shift() as number;
      if (command === 0x21 || command === 0x22) this.#window(command === 0x21, list.splice(0, 2));
      else if (command === 0xae || command === 0xaf) this.on = command === 0xaf;
      else if (command === 0xa8) {
        if (list.shift() !== 63) throw new Error("not 64 rows");
      } else if (withOperand.includes(command)) list.shift();
      else if (![0x40, 0xa1, 0xc8, 0xa4, 0xa6, 0x2e].includes(command)) throw new Error(`command ${command}`);
    }
  }

  #window(columns: boolean, [from, to]: readonly number[]): void {
    const most = columns ? 127 : 7;
    if (from === undefined || to === undefined || from > to || to > most) throw new Error("bad window");
    if (columns) {
      this.#columns = [from, to];
      this.#column = from;
    } else {
      this.#pages = [from, to];
      this.#page = from;
    }
  }
}
