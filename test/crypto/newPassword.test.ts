import assert from "node:assert/strict";
import { ascii } from "../../src/base/octets.js";
import { checkNewPassword } from "../../src/crypto/newPassword.js";
import { codeOf } from "../support/codeOf.js";

const minimumNewPassword = 8;

const refusal = (password: string, userID = "alice"): string | undefined =>
  codeOf(() => checkNewPassword(ascii(password), ascii(userID)));

describe("a password that somebody chooses", () => {
  it("has eight octets or more", () => {
    for (let length = 1; length < minimumNewPassword; length++) {
      assert.equal(refusal("gt5#kLw".slice(0, length)), "credential.password.tooShort");
    }
    assert.equal(refusal("gt5#kLw9"), undefined);
    assert.equal(refusal(""), "credential.password.empty");
    assert.equal(refusal("gt5#kLw9".repeat(9)), "credential.password.tooLong");
  });

  it("is none of the commonest, in whatever case", () => {
    for (const password of ["password", "PassWord", "12345678", "QWERTYUIOP", "iloveyou", "motdepasse"]) {
      assert.equal(refusal(password), "credential.password.common");
    }
    assert.equal(refusal("password of mine"), undefined);
  });

  it("is not one letter over and over, nor the User ID", () => {
    assert.equal(refusal("zzzzzzzzz"), "credential.password.common");
    assert.equal(refusal("Alexandra.B", "alexandra.b"), "credential.password.common");
    assert.equal(refusal("Alexandra.B", "alexandra"), undefined);
  });
});
