import assert from "node:assert/strict";
import { inColourFonts } from "../../../src/device/display/colour/repertoire.js";
import { Frame, height, width } from "../../../src/device/display/mono/frame.js";
import { layout } from "../../../src/device/display/mono/layout.js";
import { printable } from "../../../src/device/display/text.js";
import type { Screen } from "../../../src/ui/screen.js";
import { languages } from "../../../src/ui/strings/languages.js";
import { UiBench } from "../../support/uiBench.js";
import { itemsOf, measuringSmall } from "./fakes.js";
import { problemsOf } from "./fitting.js";

const keypads = ["matrix", "keyboard", "buttons", "touch"] as const;

/** Every text on the colour display. */
const inColour = (screen: Screen): readonly string[] => itemsOf(screen).map(({ text }) => text);
const inSmall = (screen: Screen): readonly string[] =>
  itemsOf(screen, measuringSmall).map(({ text }) => text);

/** Every text on all pages of the mono display: within its edges, in letters that it has. */
class Written extends Frame {
  readonly texts: string[] = [];

  override text(...[text, x, y, on]: Parameters<Frame["text"]>): number {
    this.texts.push(text);
    assert.match(text, /^[ -~]*$/);
    const end = super.text(text, x, y, on);
    assert.ok(x >= 0 && y >= 0 && end - 1 <= width && y <= height - 8, `outside: ${text}`);
    return end;
  }
}

function inMono(screen: Screen): readonly string[] {
  const frame = new Written();
  const pages = layout(frame, screen);
  for (let page = 1; page < pages; page++) layout(frame, screen, page);
  return frame.texts;
}

const displays = { "320×240": inColour, "240×135": inSmall, "128×64": inMono } as const;
describe("the languages of the screens", () => {
  for (const [display, textsOf] of Object.entries(displays)) {
    for (const keypad of keypads) {
      // A keyboard for fingers has no room there.
      if (display === "240×135" && keypad === "touch") continue;
      it(`have every text whole in its place on ${display}, with ${keypad}`, () => {
        const font = display === "128×64" ? undefined : inColourFonts;
        assert.deepEqual(problemsOf(keypad, textsOf, font), []);
      });
    }
  }

  it("are chosen in the settings, each by its own name, and at once", () => {
    assert.deepEqual(
      languages.map(({ code }) => code),
      ["en", "de", "fr", "es"],
    );
    const view = { keys: "enrolled", connected: true, failures: 0 } as const;
    const bench = new UiBench("matrix", view).taps("BBDBD");
    assert.deepEqual(bench.screen.menu?.items, ["English", "Deutsch", "Fran\u00e7ais", "Espa\u00f1ol"]);
    bench.taps("BD");
    assert.deepEqual(bench.commands, [{ kind: "setLanguage", language: "de" }]);
    bench.notify({ kind: "state", view: { ...view, language: "de" } });
    assert.equal(bench.screen.title, "Einstellungen");
  });

  it("have no letter that the colour fonts lack", () => {
    const walk = (value: unknown): readonly string[] =>
      typeof value === "string" ? [value] : Object.values(value as object).flatMap(walk);
    for (const { code, strings } of languages) {
      for (const text of walk(strings)) {
        const shown = printable(text, inColourFonts);
        assert.ok(shown === text, `${code}: ${text}`);
      }
    }
  });
});
