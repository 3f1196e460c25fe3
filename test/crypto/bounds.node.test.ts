import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { ascii } from "../../src/base/octets.js";
import { checkNewPassword } from "../../src/crypto/newPassword.js";
import { checkPassword, checkUserID } from "../../src/crypto/password.js";
import { codeOf } from "../support/codeOf.js";

/** Not one letter over and over, and none of the commonest. */
const typed = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, n) => (n === 0 ? 0x74 : 0x21 + (n % 90)));
const hkdf = (length: number, info: number): string | undefined =>
  codeOf(() => nodeSuite.hkdf(new Uint8Array(32), new Uint8Array(32), new Uint8Array(info), length));
const derivation = (iterations: number): string | undefined =>
  codeOf(() => nodeSuite.pbkdf2(ascii("x"), new Uint8Array(16), iterations));

/** What has bounds, by a number; the least and the greatest that is good, and what is said below and above. */
const bounds: readonly (readonly [
  string,
  (n: number) => string | undefined,
  number,
  number,
  string,
  string,
])[] = [
  [
    "octets of a User ID",
    (n) => codeOf(() => checkUserID(typed(n))),
    1,
    32,
    "credential.userID.empty",
    "credential.userID.tooLong",
  ],
  [
    "octets of a password",
    (n) => codeOf(() => checkPassword(typed(n))),
    1,
    64,
    "credential.password.empty",
    "credential.password.tooLong",
  ],
  [
    "octets of a new password",
    (n) => codeOf(() => checkNewPassword(typed(n), ascii("alice"))),
    8,
    64,
    "credential.password.tooShort",
    "credential.password.tooLong",
  ],
  [
    "letters of a User ID",
    (n) => codeOf(() => checkUserID(Uint8Array.of(0x61, n, 0x61))),
    0x20,
    0x7e,
    "credential.userID.characters",
    "credential.userID.characters",
  ],
  [
    "letters of a password",
    (n) => codeOf(() => checkPassword(Uint8Array.of(n))),
    0x20,
    0x7e,
    "credential.password.characters",
    "credential.password.characters",
  ],
  ["octets out of HKDF", (n) => hkdf(n, 10), 1, 255 * 32, "crypto.length", "crypto.length"],
  ["octets of HKDF's info", (n) => hkdf(32, n), 0, 1024, "", "crypto.length"],
  ["iterations of PBKDF2", derivation, 1, 1_000_000, "crypto.iterations", "crypto.iterations"],
];

describe("the bounds of what is typed and derived", () => {
  for (const [what, check, least, most, below, above] of bounds)
    it(`${what}: ${least} to ${most}, each tried with the numbers beside it`, () => {
      if (below !== "") assert.equal(check(least - 1), below, `${least - 1}`);
      for (const n of [least, least + 1, most - 1, most]) assert.equal(check(n), undefined, `${n}`);
      assert.equal(check(most + 1), above, `${most + 1}`);
    });
});
