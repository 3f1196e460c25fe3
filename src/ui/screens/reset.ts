import { erases, type KeyPress } from "../keys.js";
import { type Face, noAndYes, type Page, page, readingAction } from "../page.js";
import type { Screen } from "../screen.js";

/** Asks before everything is erased; a key that nobody presses by habit says yes. */
export class ResetPage implements Page {
  readonly id = "reset";
  readonly holds = "choosing";

  draw(face: Face): Screen {
    const { reset, keys } = face.strings;
    return {
      ...page(this.id, reset.title, [reset.what, reset.how[face.keypad]]),
      tone: "error",
      softKeys: noAndYes(face, keys.back, face.keypad === "touch" ? reset.erase : ""),
    };
  }

  press(press: KeyPress, face: Face): void {
    if (erases(press, face.keypad)) face.want(() => ({ kind: "factoryReset" }));
    else if (readingAction(press) === "back") face.back();
  }
}
