import { checkNewPassword } from "../../../../src/crypto/newPassword.js";
import { nobleSuite } from "../../../../src/crypto/noble.js";
import { checkPassword, checkUserID } from "../../../../src/crypto/password.js";
import { AccountProof } from "../../../../src/protocols/account/client.js";
import { Registration } from "../../../../src/protocols/registration/client.js";
import { element, labelled, onSubmit, say } from "../../../node/pages/client/dom.js";
import { go } from "../../../node/pages/client/navigation.js";
import { saying, Told } from "../../../node/pages/client/told.js";
import { run, session } from "./api.js";
import { serverID, webOrigin } from "./server.js";
import { browserCurveSuite, browserRandom } from "./suite.js";
import { checked, textOf } from "./typed.js";
import { words } from "./words.js";

export function signInPage(main: HTMLElement): void {
  const user = element("input", {
    name: "username",
    autocomplete: "username",
    required: "",
    maxlength: "32",
  });
  const password = element("input", {
    type: "password",
    autocomplete: "current-password",
    required: "",
    maxlength: "64",
  });
  const button = element("button", { type: "submit" }, words.pages.signIn);
  const form = element("form", {}, labelled(words.userID, user), labelled(words.password, password), button);
  onSubmit(form, () =>
    saying(async () => {
      await signIn(user.value, password.value);
      say(words.signedIn, "good");
      go("devices");
    }),
  );
  main.append(
    element("p", { class: "lead" }, "See your devices, take one away, change your password."),
    form,
    element("p", {}, "New here? ", element("a", { href: "#register" }, "Register")),
  );
}

export function registerPage(main: HTMLElement): void {
  const user = element("input", {
    name: "username",
    autocomplete: "username",
    required: "",
    maxlength: "32",
  });
  const attributes = { type: "password", autocomplete: "new-password", required: "", maxlength: "64" };
  const [password, again] = [element("input", attributes), element("input", attributes)];
  const form = element(
    "form",
    {},
    labelled(words.userID, user, words.userHint),
    labelled(words.password, password, words.passwordHint),
    labelled(words.again, again),
    element("button", { type: "submit" }, words.pages.register),
  );
  onSubmit(form, () =>
    saying(async () => {
      if (password.value !== again.value) throw new Told(words.differ);
      await register(user.value, password.value);
      go("devices");
      say(words.signedIn, "good");
    }),
  );
  main.append(element("p", { class: "lead" }, "One User ID for all your devices and gateways."), form);
}

async function signIn(userText: string, passwordText: string): Promise<void> {
  const userID = checked(userText, checkUserID);
  const password = checked(passwordText, checkPassword);
  const options = {
    suite: nobleSuite,
    purpose: "sign in",
    serverID: await serverID(),
    userID,
    password,
  } as const;
  const token = await run(new AccountProof(options));
  if (token !== undefined) session.begin(token, textOf(userID));
}

/** A name that is taken is told by the password not being right: the Server tells strangers nothing of names. */
async function register(userText: string, passwordText: string): Promise<void> {
  const userID = checked(userText, checkUserID);
  const password = checked(passwordText, (octets) => checkNewPassword(octets, userID));
  const options = {
    suite: browserCurveSuite,
    random: browserRandom,
    gatewayID: await webOrigin(),
    serverID: await serverID(),
    userID,
    password,
    oldPassword: undefined,
  };
  await run(new Registration(options, 1));
  try {
    await signIn(userText, passwordText);
  } catch (error) {
    if (error instanceof Told && error.message === words.refused) throw new Told(words.taken);
    throw error;
  }
}
