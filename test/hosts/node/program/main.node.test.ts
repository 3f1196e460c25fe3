import assert from "node:assert/strict";
import { lineOf } from "../../../../hosts/node/program/main.js";

const error = (fields: object) => Object.assign(new Error("of the system"), { syscall: "listen", ...fields });

describe("the line of what has ended a program", () => {
  it("names an address as settings have it, and a path by itself", () => {
    const taken = { code: "EADDRINUSE", port: 80 };
    const says = "the address is in use; choose another one";
    assert.equal(lineOf(error({ ...taken, address: "::" })), `[::]:80: ${says}`);
    assert.equal(lineOf(error({ ...taken, address: "127.0.0.1" })), `127.0.0.1:80: ${says}`);
    assert.equal(lineOf(error({ ...taken, address: "/run/air", port: -1 })), `/run/air: ${says}`);
  });

  it("has the code where there are no words for it", () => {
    assert.equal(lineOf(error({ code: "EXDEV", path: "a" })), "a: EXDEV");
  });
});
