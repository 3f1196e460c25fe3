import { NamedError } from "../../src/base/errors.js";
import { minimumNewPassword } from "../../src/crypto/newPassword.js";

/** What an operator can do about an error, by its code; the code stands behind it, for a report. */
const words: Readonly<Record<string, string>> = Object.freeze({
  "user.known": "there is a User of this name already",
  "user.unknown": "no User has this name",
  "credential.userID.empty": "the User ID is empty",
  "credential.userID.tooLong": "a User ID has at most 32 characters",
  "credential.userID.characters": "a User ID has no space at its ends, and only letters that keypads have",
  "credential.password.empty": "the password is empty",
  "credential.password.tooLong": "a password has at most 64 characters",
  "credential.password.characters": "the password has a letter that keypads do not have",
  "credential.password.tooShort": `a new password has ${minimumNewPassword} characters or more`,
  "credential.password.common": "everybody tries this password: choose another one",
  "device.unknown": "no device with this ID has an owner",
  "database.away": "the database cannot be used",
  "database.conflict": "others keep the database busy: try again",
  "database.row": "a row of the database is damaged: put a back-up back",
  "database.newer": "a later release has written this database: use that release",
  "database.sealed":
    "what is sealed does not open: server.keys is not the one that belongs to it, or a row was altered",
  "database.otherKeys":
    "server.keys is not that of this database: copy it from where rotate-key was called last, or the copy of its time",
  "database.clock": "the clock stands before 2020 or after 2100: set it first",
});

/** One line for an error of the core's; undefined for others. */
export function inWords(error: unknown): string | undefined {
  if (!(error instanceof NamedError)) return undefined;
  const said = words[error.code];
  return said === undefined ? undefined : `${said} (${error.message})`;
}
