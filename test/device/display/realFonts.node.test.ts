import assert from "node:assert/strict";
import { pixelAssets } from "../../../hosts/simulator/display/assets.js";
import { widthOf } from "../../../hosts/simulator/display/pixelFont.js";
import type { Fonts } from "../../../src/device/display/colour/items.js";
import { type Grid, large } from "../../../src/device/display/colour/metrics.js";
import { inColourFonts } from "../../../src/device/display/colour/repertoire.js";
import { small } from "../../../src/device/display/colour/smallMetrics.js";
import type { Screen } from "../../../src/ui/screen.js";
import { languages } from "../../../src/ui/strings/languages.js";
import { everyScreen } from "./everyScreen.js";
import { itemsOf } from "./fakes.js";
import { problemsOf } from "./fitting.js";

const keypads = ["matrix", "keyboard", "buttons", "touch"] as const;

/** The letters that the SDK packs for a board. */
function lettersOf(grid: Grid): Fonts {
  const { fonts } = pixelAssets(grid);
  const heights = { title: fonts.title.height, body: fonts.body.height };
  return { width: (text, font) => widthOf(text, fonts[font]), heights, grid };
}

/** Every text, each within the display. */
const textsIn = (letters: Fonts) => (screen: Screen) =>
  itemsOf(screen, letters).map(({ text, x, y, w, h }) => {
    const { width, height } = letters.grid;
    assert.ok(x >= 0 && y >= 0 && x + w <= width && y + h <= height, `outside: ${text}`);
    return text;
  });

describe("the languages of the screens, in the boards' own letters", () => {
  for (const grid of [large, small]) {
    for (const keypad of keypads) {
      if (grid === small && keypad === "touch") continue;
      it(`have every text whole in its place on ${grid.kind}, with ${keypad}`, () => {
        assert.deepEqual(problemsOf(keypad, textsIn(lettersOf(grid)), inColourFonts), []);
      });
    }
  }

  it("have no text that is on none of the screens that are looked at but what is sent", () => {
    const walk = (value: unknown, path = ""): readonly (readonly [path: string, text: string])[] =>
      typeof value === "string"
        ? [[path, value]]
        : Object.entries(value as object).flatMap(([key, one]) => walk(one, `${path}.${key}`));
    const unseen = languages.flatMap(({ code, strings }) => {
      const screens = keypads.flatMap((keypad) => everyScreen(keypad, code).map(({ screen }) => screen));
      const all = screens.flatMap((screen) => walk(screen).map(([, text]) => text));
      const parts = walk(strings).filter(([path]) => !path.startsWith(".hello."));
      return parts
        .filter(([, text]) => !text.split("%").every((part) => all.some((one) => one.includes(part.trim()))))
        .map(([path]) => `${code}${path}`);
    });
    assert.deepEqual(unseen, []);
  });
});
