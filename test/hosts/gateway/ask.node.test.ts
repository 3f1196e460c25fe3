import assert from "node:assert/strict";
import { ask } from "../../../hosts/gateway/ask.js";
import { notThere } from "../../../hosts/gateway/control.js";
import { Misuse, Refusal } from "../../../hosts/node/program/misuse.js";

const values = { state: "/nowhere/at/all" };

describe("a command to a gateway", () => {
  it("that is wrong in itself is told so before a gateway is looked for or a password asked", async () => {
    for (const [name, ...rest] of [
      ["status", "x"],
      ["enrol", "alice"],
      ["register", "alice"],
      ["connect", "x"],
      ["page", "x"],
      ["enrol-device"],
      ["enrol-device", "kitchen"],
      ["invite", "00ff", "kitchen"],
      ["end", "home"],
      ["remove", "00ff", "kitchen"],
      ["remove", "home", "00ff"],
      ["send", "00ff", "kitchen", "hello"],
      ["send", "home", "00ff", "hello"],
      ["dance"],
    ] as const)
      await assert.rejects(ask(values, name, rest), Misuse, `${name} ${rest.join(" ")}`);
  });

  it("that is right finds no gateway on this folder", async () => {
    for (const [name, ...rest] of [
      ["status"],
      ["page"],
      ["end", "00FF"],
      ["invite"],
      ["enrol-device", "00ff"],
    ] as const)
      await assert.rejects(ask(values, name, rest), Refusal, name);
  });

  it("is told whether no gateway runs there, or one of another user", () => {
    assert.match(notThere("home/gw", "ENOENT").message, /^no gateway runs on home\/gw: .* --state/);
    assert.match(notThere("home/gw", "ECONNREFUSED").message, /^no gateway runs on home\/gw/);
    assert.match(notThere("home/gw", "EACCES").message, /^home\/gw is another user's: run this as the user/);
  });
});
