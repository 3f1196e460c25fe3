import assert from "node:assert/strict";
import { ascii } from "../../src/base/octets.js";
import { CredentialError, checkPassword, checkUserID } from "../../src/crypto/password.js";
import { codeOf } from "../support/codeOf.js";

const octets = (length: number): Uint8Array => new Uint8Array(length).fill(0x41);

/** What an entry reads as, the octet in question standing between two letters. */
const around = (octet: number): Uint8Array => Uint8Array.of(0x41, octet, 0x41);

describe("User ID and password (EUK-UI-01, EUK-UI-11)", () => {
  it("are taken from one octet up to their bounds", () => {
    for (const length of [1, 2, 32])
      assert.equal(
        codeOf(() => checkUserID(octets(length))),
        undefined,
      );
    for (const length of [1, 33, 64])
      assert.equal(
        codeOf(() => checkPassword(octets(length))),
        undefined,
      );
  });

  it("are refused when empty or too long", () => {
    assert.equal(
      codeOf(() => checkUserID(octets(0))),
      "credential.userID.empty",
    );
    assert.equal(
      codeOf(() => checkPassword(octets(0))),
      "credential.password.empty",
    );
    for (const length of [33, 4000])
      assert.equal(
        codeOf(() => checkUserID(octets(length))),
        "credential.userID.tooLong",
      );
    for (const length of [65, 4000])
      assert.equal(
        codeOf(() => checkPassword(octets(length))),
        "credential.password.tooLong",
      );
  });

  it("take exactly the printable characters of ASCII", () => {
    for (let octet = 0; octet < 256; octet++) {
      const taken = octet >= 0x20 && octet <= 0x7e;
      assert.equal(
        codeOf(() => checkUserID(around(octet))),
        taken ? undefined : "credential.userID.characters",
      );
      assert.equal(
        codeOf(() => checkPassword(around(octet))),
        taken ? undefined : "credential.password.characters",
      );
    }
  });

  it("may hold a space at the end only in the password, where nobody trims it", () => {
    for (const text of [" ann", "ann ", " "]) {
      assert.equal(
        codeOf(() => checkUserID(ascii(text))),
        "credential.userID.characters",
      );
      assert.equal(
        codeOf(() => checkPassword(ascii(text))),
        undefined,
      );
    }
    assert.equal(
      codeOf(() => checkUserID(ascii("ann lee"))),
      undefined,
    );
  });

  it("are never part of the error", () => {
    try {
      checkPassword(ascii("hunter2\n"));
      assert.fail("must throw");
    } catch (error) {
      assert.ok(error instanceof CredentialError);
      assert.equal(error.message, "credential.password.characters");
    }
  });
});
