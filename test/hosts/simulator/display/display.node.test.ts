import assert from "node:assert/strict";
import { pixelAssets, sentAssets } from "../../../../hosts/simulator/display/assets.js";
import { drawnColour, drawnMono } from "../../../../hosts/simulator/display/drawn.js";
import { ColourPicture, monoPicture } from "../../../../hosts/simulator/display/picture.js";
import { PixelPoco } from "../../../../hosts/simulator/display/pixelPoco.js";
import { readAlpha } from "../../../../hosts/simulator/display/png.js";
import type { SentColour, SentPicture } from "../../../../hosts/simulator/display/sent.js";
import { ColourDisplay } from "../../../../src/device/display/colour/colourDisplay.js";
import { overhang } from "../../../../src/device/display/colour/drawList.js";
import { large } from "../../../../src/device/display/colour/metrics.js";
import { Painter } from "../../../../src/device/display/colour/painter.js";
import { inColourFonts } from "../../../../src/device/display/colour/repertoire.js";
import { small } from "../../../../src/device/display/colour/smallMetrics.js";
import type { Face } from "../../../../src/ui/page.js";
import type { Screen } from "../../../../src/ui/screen.js";
import { UpdatePage } from "../../../../src/ui/screens/update.js";
import { languages } from "../../../../src/ui/strings/languages.js";
import { everyScreen } from "../../../device/display/everyScreen.js";
import { ManualTicker } from "../../esp32/keypad/mocks.js";

const still = { every: () => ({ cancel() {} }) };

describe("the fonts of the boards' colour displays", () => {
  const fonts = Object.fromEntries(
    [large, small].flatMap((grid) => {
      const { title, body } = pixelAssets(grid).fonts;
      return [
        [grid.titleFont, title],
        [grid.bodyFont, body],
      ];
    }),
  );

  it("have no glyph that is one pixel wide, whose rows the SDK packs the wrong way round", () => {
    for (const [name, { glyphs }] of Object.entries(fonts))
      for (const [code, { bits }] of glyphs)
        assert.notEqual(bits.width, 1, `${name}: U+${code.toString(16)}`);
  });

  it("have every character that the layout takes them to have, and no other", () => {
    for (const [name, { glyphs }] of Object.entries(fonts)) {
      for (let code = 0; code < 0x10000; code++) {
        const expected = (code >= 0x20 && code <= 0x7e) || (code > 0x7e && inColourFonts(code));
        assert.equal(glyphs.has(code), expected, `${name}: U+${code.toString(16)}`);
      }
    }
  });

  it("have letters that stay in their line, and reach no further aside than is drawn anew", () => {
    for (const { height, glyphs } of Object.values(fonts)) {
      for (const [code, { dx, dy, advance, bits }] of glyphs) {
        const where = `U+${code.toString(16)}`;
        assert.ok(dy >= 0 && dy + bits.height <= height, where);
        assert.ok(dx >= -overhang && dx + bits.width <= advance + overhang, where);
      }
    }
  });

  it("tell letters apart: no two characters that people type look the same", () => {
    for (const { glyphs } of Object.values(fonts)) {
      const looks = new Set<string>();
      for (let code = 0x21; code <= 0x7e; code++) {
        const glyph = glyphs.get(code);
        if (glyph === undefined) throw new RangeError(`U+${code.toString(16)}`);
        assert.ok(glyph.bits.levels.some((level) => level > 8));
        looks.add(`${glyph.dy} ${glyph.bits.width} ${glyph.bits.levels}`);
      }
      assert.equal(looks.size, 0x7e - 0x20);
    }
  });
});

describe("Poco in memory", () => {
  it("mixes colours of 5, 6 and 5 bits as Poco's C does", () => {
    const poco = new PixelPoco(large);
    const level = (value: number) => ({ width: 1, height: 1, levels: Uint8Array.of(value) });
    const on = (under: number, over: number, value: number): number => {
      poco.begin(0, 0, 320, 240);
      poco.fillRectangle(under, 0, 0, 320, 240);
      poco.drawGray(level(value), over, 0, 0, 0, 0, 1, 1);
      poco.end();
      return poco.pixels[0] as number;
    };
    assert.equal(poco.makeColor(255, 255, 255), 0xffff);
    assert.equal(poco.makeColor(0x1d, 0x5f, 0xd1), 0x1afa);
    assert.equal(on(0xffff, 0x0000, 0), 0xffff);
    assert.equal(on(0xffff, 0x0000, 15), 0x0000);
    // By hand from commodettoPocoBlit.c: 8 of 15 is 17 of 31; red 31·14/31 = 14, green 63·14/31 = 28.
    assert.equal(on(0xffff, 0x0000, 8), (14 << 11) | (28 << 5) | 14);
    // 7 of 15 is 14 of 31.
    assert.equal(on(0x0000, 0xffff, 7), (14 << 11) | (28 << 5) | 14);
  });

  it("draws nothing outside the area that was begun", () => {
    const poco = new PixelPoco(large);
    const { fonts } = pixelAssets();
    poco.begin(10, 10, 20, 5);
    poco.fillRectangle(0xf800, 0, 0, 320, 240);
    poco.drawText("Wide letters", fonts.title, 0x001f, -3, 0);
    poco.end();
    for (const [i, pixel] of poco.pixels.entries()) {
      const [x, y] = [i % 320, Math.floor(i / 320)];
      assert.equal(pixel !== 0, x >= 10 && x < 30 && y >= 10 && y < 15, `${x}, ${y}`);
    }
  });
});

describe("a display's picture in a browser", () => {
  for (const grid of [large, small])
    it(`has the pixels of the painter itself, for every screen on ${grid.kind}, though only its list was sent`, () => {
      const sent: SentColour[] = [];
      const display = drawnColour(
        (picture) => {
          if (picture.kind !== "128x64") sent.push(JSON.parse(JSON.stringify(picture)));
        },
        still,
        grid,
      );
      const poco = new PixelPoco(grid);
      const direct = new ColourDisplay(new Painter(poco, pixelAssets(grid)));
      const picture = new ColourPicture(JSON.parse(JSON.stringify(sentAssets())));
      for (const { name, screen } of everyScreen(grid === large ? "touch" : "buttons")) {
        display.show(screen);
        direct.show(screen);
        assert.deepEqual(direct.state, { is: "ready" });
        const pixels = picture.pixels(sent.at(-1) as (typeof sent)[number]);
        assert.ok(
          pixels.every((pixel, i) => pixel === poco.pixels[i]),
          name,
        );
      }
    });

  it("shows a 128×64 display's memory, and its pages as they turn", () => {
    const sent: SentPicture[] = [];
    const ticker = new ManualTicker();
    const display = drawnMono((picture) => sent.push(picture), ticker);
    const words = Array.from({ length: 60 }, (_, i) => `word${i}`).join(" ");
    display.show({
      id: "note",
      title: "Long",
      tone: "normal",
      lines: [words],
      softKeys: ["", "", "Back", "OK"],
    });
    assert.equal(sent.length, 1);
    ticker.pass(3_000);
    assert.equal(sent.length, 2);
    const [first, second] = sent.map((one) => monoPicture(one as SentPicture & { kind: "128x64" }));
    assert.ok(first && second);
    assert.deepEqual([first.width, first.height], [128, 64]);
    assert.notDeepEqual(first.rgba, second.rgba);
    // The header is white: its first row is lit from end to end.
    for (let x = 0; x < 128; x++) assert.equal(first.rgba[4 * x], 0xcf, `${x}`);
  });
});

describe("the page of an update on 320×240", () => {
  for (const { code, strings } of languages) {
    it(`is not cut anywhere: ${code}`, () => {
      for (const update of [{ version: "0.2.0" }, { version: "0.2.0", fraction: 0.4 }]) {
        const texts: string[] = [];
        const display = drawnColour((picture) => {
          if (picture.kind === "320x240")
            texts.push(...picture.items.map((item) => item[7]).filter((more) => typeof more === "string"));
        }, still);
        const face = { strings, keypad: "matrix", view: { update } } as unknown as Face;
        display.show(new UpdatePage().draw(face));
        assert.ok(texts.length > 3);
        assert.deepEqual(
          texts.filter((text) => /\.\.$|…/.test(text)),
          [],
        );
      }
    });
  }
});

describe("the light of a display in a browser", () => {
  for (const drawn of [drawnColour, drawnMono]) {
    it(`goes with its picture, also when nothing else changes: ${drawn.name}`, () => {
      const sent: SentPicture[] = [];
      const display = drawn((picture) => void sent.push(picture), still);
      display.light?.("dim");
      assert.deepEqual(sent, [], "nothing is shown yet");
      display.light?.("full");
      display.show(everyScreen("matrix")[1]?.screen as Screen);
      for (const light of ["dim", "dark", "full"] as const) display.light?.(light);
      assert.deepEqual(
        sent.map(({ light }) => light),
        [undefined, "dim", "dark", undefined],
      );
      const [first, ...rest] = sent.map((one) =>
        JSON.stringify(Object.assign({}, one, { light: undefined })),
      );
      assert.deepEqual(new Set(rest), new Set([first]));
    });
  }
});

describe("reading PNG files", () => {
  it("refuses what this project does not draw itself", () => {
    assert.throws(() => readAlpha(Buffer.from("GIF89a…")), RangeError);
    const gray = Buffer.from(
      "89504e470d0a1a0a0000000d494844520000000100000001080000000" + "03a7e9b55",
      "hex",
    );
    assert.throws(() => readAlpha(gray), RangeError);
  });
});
