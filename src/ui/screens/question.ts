import type { PneCommand } from "../../pne/ports.js";
import { answerOf, type KeyPress } from "../keys.js";
import { type Face, type Page, page } from "../page.js";
import type { Screen } from "../screen.js";

/** Labels for an answer: soft keys C and D, or the left and the right of three buttons, which nobody presses twice. */
export const answers = ({ keypad, strings }: Face): readonly string[] => {
  const { yes, no } = strings.keys;
  return keypad === "buttons" ? [no, "", yes] : ["", "", no, yes];
};

/** Asks before something is done that cannot be undone. */
export class QuestionPage implements Page {
  readonly id: string;
  readonly holds = "choosing";
  readonly inNetwork = true;
  readonly #what: "leave" | "dissolve";

  constructor(what: "leave" | "dissolve") {
    this.id = what;
    this.#what = what;
  }

  draw(face: Face): Screen {
    const { title, lines } = face.strings.questions[this.#what];
    return { ...page(this.id, title, lines), softKeys: answers(face) };
  }

  press(press: KeyPress, face: Face): void {
    const answer = answerOf(press);
    if (answer === undefined) return;
    face.back();
    if (answer === "yes")
      face.want((): PneCommand => ({ kind: this.#what === "leave" ? "leavePN" : "dissolvePN" }));
  }
}
