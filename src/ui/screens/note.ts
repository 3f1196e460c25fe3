import type { KeyPress } from "../keys.js";
import { type Face, noAndYes, type Page, page, readingAction } from "../page.js";
import type { Screen } from "../screen.js";

/** Lines to be read once: a message, a note, what the host counts. */
export class NotePage implements Page {
  readonly id: string;
  readonly passing: boolean;
  readonly #title: (face: Face) => string;
  readonly #lines: (face: Face) => readonly string[];

  constructor(
    id: string,
    title: (face: Face) => string,
    lines: (face: Face) => readonly string[],
    passing = true,
  ) {
    this.id = id;
    this.passing = passing;
    this.#title = title;
    this.#lines = lines;
  }

  draw(face: Face): Screen {
    const { ok } = face.strings.keys;
    return { ...page(this.id, this.#title(face), this.#lines(face)), softKeys: noAndYes(face, "", ok) };
  }

  press(press: KeyPress, face: Face): void {
    const action = readingAction(press);
    if (action === "select" || action === "back") face.back();
  }
}
