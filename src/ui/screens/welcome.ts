import { actionOf, type KeyPress } from "../keys.js";
import { type Face, type Page, page } from "../page.js";
import type { Screen } from "../screen.js";
import { enrolAt } from "./looking.js";

/** The first page of a device that is nobody's yet. Who types at once begins with the User ID. */
export class WelcomePage implements Page {
  readonly id = "welcome";
  readonly holds = "choosing";

  draw({ strings, keypad }: Face): Screen {
    const softKeys = keypad === "buttons" ? ["", strings.enrol, ""] : ["", "", "", strings.enrol];
    return { ...page(this.id, strings.welcome.title, strings.welcome.lines), softKeys };
  }

  press(press: KeyPress, face: Face): void {
    const action = actionOf(press);
    if (action === "select") enrolAt(face);
    else if (action === undefined && press.kind !== "button") enrolAt(face, press);
  }
}
