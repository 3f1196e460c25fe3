import type { PneCommand } from "../../pne/ports.js";
import { type Face, page } from "../page.js";
import type { Screen } from "../screen.js";
import { MembersPage } from "./members.js";
import { MenuPage, type Row } from "./menuPage.js";
import { NetworkNamePage } from "./networkName.js";
import { QuestionPage } from "./question.js";
import { SettingsPage } from "./settings.js";

/** The first page of an enrolled device: what it offers, in a network or outside. */
export class HomePage extends MenuPage {
  readonly id = "home";
  protected override readonly first = true;

  protected rows(face: Face): readonly Row[] {
    const own = face.application;
    const rows: Row[] = [];
    if (own !== undefined)
      rows.push({ key: "application", label: own.name, choose: (on) => on.open(own.page()) });
    if (face.view.pn === undefined) outside(face, rows);
    else inside(face, rows);
    rows.push({
      key: "settings",
      label: face.strings.menu.settings,
      choose: (on) => on.open(new SettingsPage()),
    });
    return rows;
  }

  protected head({ strings, view }: Face): Screen {
    const { pn } = view;
    const title = pn === undefined ? strings.home : pn.away ? strings.away : (pn.alias ?? strings.inPN);
    return page(this.id, title, []);
  }
}

function outside({ strings: { menu } }: Face, rows: Row[]): void {
  rows.push(
    { key: "createAll", label: menu.createAll, choose: (face) => face.open(new NetworkNamePage(face)) },
    wanted("createPN", menu.createPN, { kind: "createPN" }),
  );
}

function inside({ strings: { menu, hello }, view: { pn } }: Face, rows: Row[]): void {
  rows.push(
    wanted("sendToServer", menu.sendToServer, { kind: "sendToServer", text: hello.server }),
    wanted("sendToGateway", menu.sendToGateway, { kind: "sendToGateway", text: hello.gateway }),
    { key: "members", label: menu.members, choose: (face) => face.open(new MembersPage()) },
    { key: "leavePN", label: menu.leavePN, choose: (face) => face.open(new QuestionPage("leave")) },
  );
  if (pn?.started === true && pn.members.length > 1) {
    rows.push({
      key: "dissolvePN",
      label: menu.dissolvePN,
      choose: (face) => face.open(new QuestionPage("dissolve")),
    });
  }
}

const wanted = (key: string, label: string, command: PneCommand): Row => ({
  key,
  label,
  choose: (face) => face.want(() => command),
});
