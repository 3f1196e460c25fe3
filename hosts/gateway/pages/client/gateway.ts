import { element, labelled, say } from "../../../node/pages/client/dom.js";
import type { ProgramView } from "../../views.js";
import { command } from "./api.js";
import { drawing, live } from "./live.js";
import { button, facts, form, passwordField, section, userField, waiting } from "./parts.js";
import { words } from "./words.js";

/** What the gateway is: its Server, its key, its radio, its broker. */
export async function gatewayPage(main: HTMLElement): Promise<void> {
  const state = element("div", { class: "card" });
  const summary = element("summary", {});
  const own = element("details", {}, summary, element("p", { class: "lead" }, words.ownKeyLead), ownForm());
  const draw = drawing(state, drawn);
  let keys = "";
  main.append(section(words.state, state), own);
  await live((view) => {
    draw(view);
    own.hidden = view === undefined || view.uicc;
    if (view === undefined || view.keys === keys) return;
    keys = view.keys;
    own.open = keys === "empty";
    summary.textContent = keys === "empty" ? words.ownKey : words.otherOwner;
  });
}

function drawn(view: ProgramView | undefined): readonly Node[] {
  if (view === undefined) return [element("p", {}, words.noServer)];
  const { uicc, keys, broker, entityID } = view;
  const rows: [string, string][] = [
    [words.server, `${view.server.id}: ${serverState(view)}`],
    [words.key, keyState(view)],
    [words.radio, radioState(view)],
  ];
  if (broker !== undefined) {
    const state = broker.connected ? words.there : (broker.error ?? words.notYet);
    rows.push([words.broker, `${broker.url}: ${state}`]);
  }
  rows.push([words.id, entityID]);
  const buttons = [
    button(words.connect, { key: "connect", kind: "" }, async () => {
      waiting(words.connecting);
      await command("connect");
      say(words.connected, "good");
    }),
  ];
  if (keys === "staged" || keys === "replacing") {
    buttons.push(
      button(words.finish, { key: "confirm" }, async () => {
        await command("confirm");
        say(words.finished, "good");
      }),
    );
  }
  if (uicc) {
    buttons.push(
      button(words.bySIM, { key: "bootstrap" }, async () => {
        await command("bootstrap");
        say(words.enrolled, "good");
      }),
    );
  }
  return [facts(rows), element("div", { class: "row" }, ...(keys === "empty" && !uicc ? [] : buttons))];
}

function serverState({ server, serverAway }: ProgramView): string {
  if (serverAway !== undefined) return words.away(serverAway);
  if (server.keyShared === true) return words.keyShared;
  return server.authenticated ? words.proven : words.noSession;
}

function keyState({ keys, userID }: ProgramView): string {
  if (keys === "empty") return words.noKey;
  return keys === "staged" ? words.staged : words.keyOf(keys, userID);
}

function radioState({ radio, heard }: ProgramView): string {
  return radio.usable ? words.on(heard.length) : (radio.error ?? words.radioTrouble);
}

function ownForm(): HTMLFormElement {
  const [user, password] = [userField(), passwordField()];
  const fields = [labelled(words.userID, user), labelled(words.password, password)];
  return form(words.enrolGateway, fields, async () => {
    waiting(words.enrolling);
    await command("enrol", { userID: user.value, password: password.value });
    say(words.enrolled, "good");
  });
}
