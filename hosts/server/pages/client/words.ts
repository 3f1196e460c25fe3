import type { ErrorCode } from "../../../../src/base/errorCodes.js";

import { minimumNewPassword } from "../../../../src/crypto/newPassword.js";

/** All that the pages say. */
export const words = Object.freeze({
  pages: Object.freeze({
    signIn: "Sign in",
    register: "Register",
    devices: "My devices",
    guests: "Guests",
    account: "Account",
  }),
  userID: "User ID",
  password: "Password",
  again: "Password again",
  newPassword: "New password",
  oldPassword: "Password now",
  passwordHint: `At least ${minimumNewPassword} characters that every keypad has: letters without marks, digits, signs.`,
  userHint: "1 to 32 letters, digits or signs. You will type it on your devices.",
  differ: "The two passwords differ.",
  registered: "You are registered. Now sign in.",
  signedIn: "You are signed in.",
  signedOut: "You are signed out.",
  changed: "The password is changed. Your devices keep their keys.",
  notReached: "The Server was not reached. Check your connection and try again.",
  notNow: "The Server cannot answer now. Try again in a moment.",
  tooMany: "Too many requests from your network. Wait a little, then try again.",
  failed: (why: string) => `That failed (${why}). Try again; if it stays, tell who runs the Server.`,
  refused:
    "User ID or password is not right, or there were too many tries: check both, or wait half an hour.",
  ended: "Your session is over. Sign in again.",
  taken: "This User ID is taken by somebody else. Choose another one.",
  /** What the interface for programs has refused. */
  problem(code: string, status: number): string {
    const texts: Readonly<Record<string, string>> = {
      "api.token": words.ended,
      "api.tooMany": words.tooMany,
      "api.full": "You have as many of them as there may be: end one first.",
      "api.target":
        "This Server sends nothing to such an address: it begins with https:// and is on the Internet.",
      "result.noRoute": "The device was not reached: it is in no network, or its gateway does not reach it.",
      "result.notListed": "The device takes no such thing now.",
      "database.away": words.notNow,
      "database.conflict": words.notNow,
      "database.otherKeys": words.notNow,
    };
    return texts[code] ?? words.failed(code === "" ? `HTTP ${status}` : code);
  },
  error(code: ErrorCode): string {
    const texts: Partial<Record<ErrorCode, string>> = {
      "result.refused": words.refused,
      "result.busy": words.notNow,
      "result.sessionExpired": words.ended,
      "result.noRoute": "This device is not yours any more.",
      "credential.userID.empty": "Type your User ID.",
      "credential.userID.tooLong": "The User ID has more than 32 characters.",
      "credential.userID.characters":
        "The User ID has a space at its start or end, or a letter that keypads do not have.",
      "credential.password.empty": "Type your password.",
      "credential.password.tooLong": "The password has more than 64 characters.",
      "credential.password.tooShort": `A new password has ${minimumNewPassword} characters or more.`,
      "credential.password.common": "Everybody tries this password. Choose another one.",
      "credential.password.characters": "The password has a letter that keypads do not have.",
    };
    return texts[code] ?? words.failed(code);
  },
});
