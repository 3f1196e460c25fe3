import type { KeyPress } from "../keys.js";
import { type Face, noAndYes, type Page, page, readingAction } from "../page.js";
import type { Screen } from "../screen.js";
import { UserIDPage } from "./userID.js";

/** Begins an enrolment: asks for the User ID once a gateway is there, so that nobody types a password for nothing. */
export function enrolAt(face: Face, first?: KeyPress): void {
  const next = new UserIDPage(face);
  if (first !== undefined) next.entry.press(first, face.keypad);
  // In a network the gateway is known, and looking for another one would leave it.
  if (face.view.connected || face.view.pn !== undefined) {
    face.open(next);
    return;
  }
  face.want(() => {
    face.open(new LookingPage(next));
    return { kind: "look" };
  });
}

/** Until a gateway has been found. What is typed meanwhile goes where it is meant for. */
export class LookingPage implements Page {
  readonly id = "looking";
  readonly passing = true;
  readonly busy = true;
  readonly #next: UserIDPage;

  constructor(next: UserIDPage) {
    this.#next = next;
  }

  /** The gateway is there: on with the User ID. */
  found(face: Face): void {
    face.open(this.#next);
    this.#next.follow(face);
  }

  dispose(): void {
    this.#next.entry.cover();
  }

  draw(face: Face): Screen {
    const { strings } = face;
    return {
      ...page(this.id, strings.progress.connect, []),
      progress: { label: strings.wait },
      softKeys: noAndYes(face, strings.keys.cancel, ""),
    };
  }

  press(press: KeyPress, face: Face): void {
    if (readingAction(press) === "back") face.want(() => ({ kind: "cancel" }));
    else if (press.kind !== "button") this.#next.ahead(press, face);
  }
}
