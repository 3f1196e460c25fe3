import { printable, type Repertoire } from "../../../src/device/display/text.js";
import type { Keypad } from "../../../src/ui/keys.js";
import type { Screen } from "../../../src/ui/screen.js";
import { languages } from "../../../src/ui/strings/languages.js";
import { everyScreen } from "./everyScreen.js";

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

/** What is not whole, of every screen in every language; `textsOf`: all that a display shows of one. */
export function problemsOf(
  keypad: Keypad,
  textsOf: (screen: Screen) => readonly string[],
  font?: Repertoire,
): readonly string[] {
  const problems: string[] = [];
  for (const { code } of languages) {
    for (const { name, screen } of everyScreen(keypad, code)) {
      const texts = textsOf(screen);
      if (cut(texts).length > 0) problems.push(`${code}, ${name}: ${cut(texts)}`);
      if (withPeople.test(name) || screen.field !== undefined) continue;
      for (const line of screen.lines)
        if (!holds(texts, printable(line, font))) problems.push(`${code}, ${name}: ${line}`);
    }
  }
  return problems;
}
