import { shownLabel } from "../../pne/text.js";
import { actionOf, type KeyPress } from "../../ui/keys.js";
import { type Face, type Page, page } from "../../ui/page.js";
import type { Screen } from "../../ui/screen.js";
import { errorText } from "../../ui/strings/strings.js";
import type { PageKey } from "./application.js";

/** What a page shows of its application. */
export interface Shown {
  readonly name: string;
  readonly lines: readonly string[];
  readonly keys: readonly PageKey[];
  /** Why it runs no more. */
  readonly stopped: string | undefined;
}

/** Paragraphs of one page, and characters of one. */
const maximumLines = 6;
const maximumLine = 64;

/** The application's own page: its lines, and two keys beside the one that leads back. */
export class ApplicationPage implements Page {
  readonly id = "application";
  readonly #shown: () => Shown;

  constructor(shown: () => Shown) {
    this.#shown = shown;
  }

  draw({ keypad, strings }: Face): Screen {
    const { name, lines: own, keys, stopped } = this.#shown();
    const [one = "", two = ""] = keys.map(({ label }) => shownLabel(label));
    const { back } = strings.keys;
    const lines = stopped === undefined ? own : [errorText(strings, "application.stopped", stopped).what];
    // What members have said may stand in them.
    const shown = lines
      .filter((line) => line !== "")
      .slice(0, maximumLines)
      .map((line) => shownLabel(line.slice(0, maximumLine)));
    const softKeys = keypad === "buttons" ? [back, one, two] : [one, two, back, ""];
    return { ...page(this.id, shownLabel(name), shown), softKeys };
  }

  press(press: KeyPress, face: Face): void {
    if (press.kind === "button" && (press.repeat === true || press.long === true)) return;
    const action = actionOf(press);
    const buttons = face.keypad === "buttons";
    const { keys } = this.#shown();
    if (action === "back" || (buttons && action === "up")) face.back();
    else if (action === "select" || (!buttons && action === "up")) keys[0]?.press();
    else if (action === "down") keys[1]?.press();
  }
}
