import { answerOf, type KeyPress } from "../keys.js";
import { type Face, noAndYes, type Page, page, readingAction } from "../page.js";
import type { Screen } from "../screen.js";

/** A new firmware: asks for it, then shows how much of it is there. It goes on when the person leaves. */
export class UpdatePage implements Page {
  readonly id = "update";
  readonly holds = "choosing";

  draw(face: Face): Screen {
    const { strings, keypad, view } = face;
    const { keys, update: texts } = strings;
    const { version = "", fraction } = view.update ?? {};
    const title = texts.title;
    if (fraction === undefined) {
      const softKeys = keypad === "buttons" ? [texts.later, "", keys.yes] : ["", "", texts.later, keys.yes];
      return { ...page(this.id, title, [texts.question, version]), softKeys };
    }
    return {
      ...page(this.id, title, []),
      progress: { label: texts.meanwhile, fraction },
      softKeys: noAndYes(face, keys.back, ""),
    };
  }

  press(press: KeyPress, face: Face): void {
    if (face.view.update?.fraction !== undefined) {
      if (readingAction(press) === "back") face.back();
      return;
    }
    const answer = answerOf(press);
    if (answer === undefined) return;
    if (answer === "no") face.back();
    face.want(() => ({ kind: "answerUpdate", yes: answer === "yes" }));
  }
}
