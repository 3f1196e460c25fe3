import { answerOf, type KeyPress } from "../keys.js";
import { type Face, type Page, page } from "../page.js";
import type { Screen } from "../screen.js";
import { answers } from "./question.js";

/** PNI-02, GWI-01: nobody is taken into a PN without being asked. Only the keys for yes and no answer. */
export class InvitedPage implements Page {
  readonly id = "invited";
  readonly urgent = true;

  draw(face: Face): Screen {
    const { strings, view } = face;
    const { invited } = strings;
    const { from, alias } = view.invitation ?? {};
    const line = from === undefined ? invited.byGateway : invited.byPNE.replace("%", () => from.slice(0, 32));
    const lines = alias === undefined ? [line] : [line, invited.alias.replace("%", () => alias)];
    return { ...page(this.id, invited.title, lines), softKeys: answers(face) };
  }

  press(press: KeyPress, face: Face): void {
    const answer = answerOf(press);
    if (answer === undefined) return;
    face.back();
    face.want(() => ({ kind: answer === "yes" ? "acceptInvitation" : "declineInvitation" }));
  }
}
