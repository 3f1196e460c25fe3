import { ascii } from "../../../../src/base/octets.js";
import { acknowledgement } from "../../../../src/codec/replies.js";
import { checkNewPassword } from "../../../../src/crypto/newPassword.js";
import { nobleSuite } from "../../../../src/crypto/noble.js";
import { checkPassword } from "../../../../src/crypto/password.js";
import { AccountProof } from "../../../../src/protocols/account/client.js";
import { accountSignOutRequest } from "../../../../src/protocols/account/messages.js";
import { Registration } from "../../../../src/protocols/registration/client.js";
import { confirmed, element, labelled, onSubmit, say } from "../../../node/pages/client/dom.js";
import { go } from "../../../node/pages/client/navigation.js";
import { saying, Told } from "../../../node/pages/client/told.js";
import { historySection, tokenSection, webhookSection } from "./access.js";
import { ask, run, session } from "./api.js";
import { askAPI, type ShownToken, type ShownWebhook } from "./programs.js";
import { serverID, webOrigin } from "./server.js";
import { browserCurveSuite, browserRandom } from "./suite.js";
import { checked } from "./typed.js";
import { words } from "./words.js";

export async function accountPage(main: HTMLElement): Promise<void> {
  main.append(
    element("p", { class: "lead" }, `Signed in as ${session.userID}.`),
    ...(await programSections()),
    passwordSection(),
    signOutSection(),
    deleteSection(),
  );
}

async function programSections(): Promise<HTMLElement[]> {
  const { history, historyHours } = await askAPI<{ history: boolean; historyHours: number }>(
    "GET",
    "/settings",
  );
  const { tokens } = await askAPI<{ tokens: ShownToken[] }>("GET", "/tokens");
  const { webhooks } = await askAPI<{ webhooks: ShownWebhook[] }>("GET", "/webhooks");
  return [historySection(history, historyHours), tokenSection(tokens), webhookSection(webhooks)];
}

const passwordField = (autocomplete: string): HTMLInputElement =>
  element("input", { type: "password", autocomplete, required: "", maxlength: "64" });

function passwordSection(): HTMLElement {
  const [old, fresh, again] = [
    passwordField("current-password"),
    passwordField("new-password"),
    passwordField("new-password"),
  ];
  const form = element(
    "form",
    {},
    labelled(words.oldPassword, old),
    labelled(words.newPassword, fresh, words.passwordHint),
    labelled(words.again, again),
    element("button", { type: "submit" }, "Change password"),
  );
  onSubmit(form, () =>
    saying(async () => {
      if (fresh.value !== again.value) throw new Told(words.differ);
      const options = {
        suite: browserCurveSuite,
        random: browserRandom,
        gatewayID: await webOrigin(),
        serverID: await serverID(),
        userID: ascii(session.userID),
        password: checked(fresh.value, (octets) => checkNewPassword(octets, ascii(session.userID))),
        oldPassword: checked(old.value, checkPassword),
      };
      await run(new Registration(options, 1));
      form.reset();
      say(words.changed, "good");
    }),
  );
  return element(
    "section",
    { "aria-labelledby": "new" },
    element("h2", { id: "new" }, "Change password"),
    form,
  );
}

function signOutSection(): HTMLElement {
  const out = (everywhere: boolean) => () =>
    saying(async () => {
      await ask(accountSignOutRequest, { everywhere }, acknowledgement);
      session.end();
      go("sign-in");
      say(words.signedOut, "good");
    });
  const here = element("button", { type: "button" }, "Sign out");
  here.addEventListener("click", out(false));
  const all = element("button", { type: "button", class: "quiet" }, "Sign out everywhere");
  all.addEventListener("click", out(true));
  const heading = element("h2", { id: "out" }, "Sign out");
  return element(
    "section",
    { "aria-labelledby": "out" },
    heading,
    element("div", { class: "row" }, here, all),
  );
}

function deleteSection(): HTMLElement {
  const password = passwordField("current-password");
  const form = element(
    "form",
    {},
    element("p", {}, "Deletes your User ID and makes every device of yours nobody's. It cannot be undone."),
    labelled(words.password, password),
    element("button", { type: "submit", class: "bad" }, "Delete account"),
  );
  onSubmit(form, () =>
    saying(async () => {
      const octets = checked(password.value, checkPassword);
      const sure = await confirmed("Delete your account?", "Every device of yours loses its key.", "Delete");
      if (!sure) return say("");
      const userID = ascii(session.userID);
      const options = { suite: nobleSuite, purpose: "delete", serverID: await serverID(), userID } as const;
      await run(new AccountProof({ ...options, password: octets }));
      session.end();
      go("sign-in");
      say("Your account is deleted.", "good");
    }),
  );
  return element(
    "section",
    { "aria-labelledby": "end" },
    element("h2", { id: "end" }, "Delete account"),
    form,
  );
}
