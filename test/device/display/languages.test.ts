import assert from "node:assert/strict";
import { inColourFonts } from "../../../src/device/display/colour/repertoire.js";
import { Frame, height, width } from "../../../src/device/display/mono/frame.js";
import { layout } from "../../../src/device/display/mono/layout.js";
import { printable } from "../../../src/device/display/text.js";
import type { Screen } from "../../../src/ui/screen.js";
import { languages } from "../../../src/ui/strings/languages.js";
import { UiBench } from "../../support/uiBench.js";
import { everyScreen } from "./everyScreen.js";
import { itemsOf, measuringSmall } from "./fakes.js";

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
/** Cut are texts of this firmware; people's may be as long as they like, and three buttons show signs that go on. */
const ofPeople = /[Tt]hermom|a\.person|some more|^\W*$/;
const cut = (texts: readonly string[]): readonly string[] =>
  texts.filter((text) => text.endsWith("...") && !ofPeople.test(text));

/** Screens whose lines have texts of people in them. */
const withPeople = /settings|member|message|sent|something waits|name of the device/;

/** Whether every word of a line is there, in its order; a new page's title may stand between two. */
function holds(texts: readonly string[], line: string): boolean {
  const words = (text: string): readonly string[] =>
    text
      .replace(/:( |$)/g, " ")
      .trim()
      .split(/\s+/);
  const wanted = words(line);
  let at = 0;
  for (const word of words(texts.join(" "))) if (word === wanted[at]) at++;
  return at === wanted.length;
}

describe("the languages of the screens", () => {
  for (const [display, textsOf] of Object.entries(displays)) {
    for (const keypad of keypads) {
      // A keyboard for fingers has no room there.
      if (display === "240×135" && keypad === "touch") continue;
      it(`have every text whole in its place on ${display}, with ${keypad}`, () => {
        const problems: string[] = [];
        for (const { code } of languages) {
          for (const { name, screen } of everyScreen(keypad, code)) {
            const texts = textsOf(screen);
            if (cut(texts).length > 0) problems.push(`${code}, ${name}: ${cut(texts)}`);
            if (withPeople.test(name)) continue;
            if (screen.field !== undefined) continue;
            const font = display === "128×64" ? undefined : inColourFonts;
            for (const line of screen.lines) {
              if (!holds(texts, printable(line, font))) problems.push(`${code}, ${name}: ${line}`);
            }
          }
        }
        assert.deepEqual(problems, []);
      });
    }
  }

  it("have no text that is on none of these screens but what is sent", () => {
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
