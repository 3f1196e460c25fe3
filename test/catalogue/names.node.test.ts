import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { everyMessage } from "../../src/catalogue/legs.js";
import * as account from "../../src/protocols/account/messages.js";

const protocol = readFileSync(join(import.meta.dirname, "../../../docs/PROTOCOL.md"), "utf8");

describe("the messages of the catalogue", () => {
  it("stand in docs/PROTOCOL.md, each by its name with its type number", () => {
    for (const { name, type } of everyMessage.definitions) {
      assert.match(name, /^[A-Z][\w.]+$/);
      assert.match(protocol, new RegExp(`${name}\\b[^\\n]*\\b${type}\\b`), name);
    }
  });

  it("have a name and a type of their own", () => {
    for (const what of ["name", "type"] as const) {
      const all = everyMessage.definitions.map((one) => one[what]);
      assert.equal(new Set(all).size, all.length, what);
    }
  });
});

describe("the messages of the Server's pages", () => {
  it("are named as what they are in the sources, as errors and logs say it", () => {
    for (const [what, one] of Object.entries(account)) {
      if (typeof one !== "object" || !("type" in one)) continue;
      assert.equal(one.name.toLowerCase(), what.toLowerCase());
    }
  });
});
