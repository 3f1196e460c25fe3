import { Milliseconds } from "../../base/units.js";
import type { KeyPress } from "../keys.js";
import { type Face, noAndYes, type Page, page, readingAction } from "../page.js";
import type { Screen } from "../screen.js";

export type Success = "enrolled" | "joined" | "alone" | "started" | "erased" | "dissolved";

/** Something has been done; the device goes on by itself after a moment, or back to what the person was about. */
export class SuccessPage implements Page {
  readonly id: Success;
  readonly passing = true;
  readonly lasts = Milliseconds(2_500);
  readonly between: boolean;

  constructor(what: Success, between = false) {
    this.id = what;
    this.between = between;
  }

  draw(face: Face): Screen {
    const { strings } = face;
    const { title, lines } = strings[this.id];
    return {
      ...page(this.id, title, lines),
      tone: "success",
      softKeys: noAndYes(face, "", strings.keys.ok),
    };
  }

  press(press: KeyPress, face: Face): void {
    const action = readingAction(press);
    if (action === "select" || action === "back") this.over(face);
  }

  over(face: Face): void {
    if (this.between) face.back();
    else face.home();
  }
}
