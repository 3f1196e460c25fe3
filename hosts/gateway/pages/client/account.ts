import { element, labelled, say } from "../../../node/pages/client/dom.js";
import { go } from "../../../node/pages/client/navigation.js";
import { begin, post, session } from "./api.js";
import { silent } from "./live.js";
import { button, form, lead, newPassword, passwordField, section } from "./parts.js";
import { words } from "./words.js";

/** The page's own password, and signing out. */
export function accountPage(main: HTMLElement): void {
  const old = passwordField("current-password");
  const fresh = newPassword(words.newPassword, words.pagePasswordHint, "new-password");
  const change = form(words.changePage, [labelled(words.oldPassword, old), ...fresh.fields], async () => {
    await begin("/password", { old: old.value, password: fresh.value() });
    say(words.pageChanged, "good");
  });
  const out = (everywhere: boolean) => async () => {
    await post("/sign-out", { everywhere });
    session.end();
    silent();
    go("sign-in");
    say(words.signedOut, "good");
  };
  const buttons = [button(words.signOut, { kind: "" }, out(false)), button(words.signOutAll, {}, out(true))];
  main.append(
    section(words.signOut, lead(words.signOutLead), element("div", { class: "row" }, ...buttons)),
    section(words.changePage, change),
  );
}
