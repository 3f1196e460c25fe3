import { element, labelled, say } from "../../../node/pages/client/dom.js";
import { go } from "../../../node/pages/client/navigation.js";
import { begin } from "./api.js";
import { form, lead, newPassword, passwordField } from "./parts.js";
import { words } from "./words.js";

export function setUpPage(main: HTMLElement, called: string): void {
  const code = element("input", {
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    required: "",
    maxlength: "16",
  });
  const fresh = newPassword(words.pagePassword, words.pagePasswordHint, "new-password");
  main.append(
    lead(words.lead.setUp),
    form(
      words.pages.setUp,
      [labelled(words.code, code, words.codeHint(called)), ...fresh.fields],
      async () => {
        await begin("/set-up", { code: code.value, password: fresh.value() });
        go("gateway");
        say(words.signedIn, "good");
      },
    ),
  );
}

export function signInPage(main: HTMLElement, called: string): void {
  const password = passwordField("current-password");
  main.append(
    lead(words.lead.signIn),
    form(words.pages.signIn, [labelled(words.pagePassword, password)], async () => {
      await begin("/sign-in", { password: password.value });
      go("gateway");
      say(words.signedIn, "good");
    }),
    element("p", { class: "quiet" }, words.forgotten(called)),
  );
}
