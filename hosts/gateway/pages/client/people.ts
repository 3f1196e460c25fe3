import { element, labelled, onSubmit, say } from "../../../node/pages/client/dom.js";
import { saying } from "../../../node/pages/client/told.js";
import type { GuestsView } from "../../views.js";
import { command } from "./api.js";
import { live } from "./live.js";
import { form, lead, newPassword, passwordField, section, userField, waiting } from "./parts.js";
import { words } from "./words.js";

/** Users of the Server, and the guests of the gateway's owner. */
export async function peoplePage(main: HTMLElement): Promise<void> {
  const guests = element("div", {});
  main.append(
    lead(words.lead.people),
    section(words.guests, guests),
    section(words.register, lead(words.registerLead), registerForm()),
    section(words.change, changeForm()),
  );
  let owner: string | undefined | null = null;
  await live((view) => {
    if (owner === view?.userID) return;
    owner = view?.userID;
    guests.replaceChildren(
      ...(owner === undefined
        ? [lead(words.guestsNoOwner)]
        : [lead(words.guestsLead(owner)), guestsForm(owner)]),
    );
  });
}

/** With the owner's password: first what there is, then what is to be. */
function guestsForm(owner: string): HTMLFormElement {
  const password = passwordField();
  const names = element("textarea", { rows: "4", spellcheck: "false", autocapitalize: "none" });
  const all = element("input", { type: "checkbox" });
  const list = element(
    "div",
    { class: "fields" },
    labelled(words.guestNames, names),
    element("label", { class: "check" }, all, words.everybody),
  );
  list.hidden = true;
  const submit = element("button", { type: "submit" }, words.showGuests);
  const made = element("form", {}, labelled(words.ownerPassword(owner), password), list, submit);
  const show = ({ guests, everybody }: GuestsView): void => {
    names.value = guests.join("\n");
    all.checked = everybody;
    list.hidden = false;
    submit.textContent = words.save;
  };
  onSubmit(made, () =>
    saying(async () => {
      waiting(words.connecting);
      if (list.hidden) {
        show((await command("guests", { password: password.value })) as GuestsView);
        say("");
        return names.focus();
      }
      const guests = names.value.split("\n").filter((line) => line !== "");
      const change = { password: password.value, guests, everybody: all.checked };
      show((await command("setGuests", change)) as GuestsView);
      say(words.saved, "good");
    }),
  );
  return made;
}

function registerForm(): HTMLFormElement {
  const user = userField();
  const fresh = newPassword(words.newPassword, words.newPasswordHint, "off");
  const made = form(
    words.register,
    [labelled(words.userID, user, words.userHint), ...fresh.fields],
    async () => {
      const fields = { userID: user.value, password: fresh.value() };
      waiting(words.connecting);
      await command("register", fields);
      user.value = "";
      say(words.registered, "good");
    },
  );
  return made;
}

function changeForm(): HTMLFormElement {
  const [user, old] = [userField(), passwordField()];
  const fresh = newPassword(words.newPassword, words.newPasswordHint, "off");
  const fields = [labelled(words.userID, user), labelled(words.oldPassword, old), ...fresh.fields];
  return form(words.change, fields, async () => {
    const change = { userID: user.value, oldPassword: old.value, password: fresh.value() };
    waiting(words.connecting);
    await command("register", change);
    user.value = "";
    say(words.changed, "good");
  });
}
