import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fromHex, hex } from "../../src/base/octets.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage } from "../../src/codec/message.js";
import { maximumBackhaulMessage } from "../../src/protocols/network/messages.js";
import { signedImage } from "../vectors/signedImage.js";

const page = readFileSync(new URL("../../../docs/PROTOCOL.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```example (\S+)\n([0-9a-f\n]+)```/g)].map((match) => ({
  name: match[1] ?? "",
  octets: fromHex(match[2] ?? ""),
}));

describe("the examples of docs/PROTOCOL.md", () => {
  it("are there for every message", () => {
    const names = everyMessage.definitions.map((definition) => definition.name);
    assert.deepEqual(examples.map((example) => example.name).sort(), [...names].sort());
  });

  for (const { name, octets } of examples) {
    it(`decode to ${name} and encode to the same octets`, () => {
      const message = everyMessage.decode(octets, maximumBackhaulMessage);
      assert.equal(message.name, name);
      const definition = everyMessage.definitions.find((one) => one.name === name);
      assert.ok(definition);
      const again = encodeMessage(definition, message.exchange, message.body, maximumBackhaulMessage);
      assert.equal(hex(again), hex(octets));
    });
  }

  it("stand beside the abbreviations that the documents add (GWA-14)", () => {
    for (const name of ["CSG", "GBA_U", "OMA", "PSK", "SG", "SHA-1", "UI"]) {
      assert.match(page, new RegExp(`\\*\\*${name}\\*\\* \\w`), name);
    }
  });

  it("have the header of a signed image", () => {
    const header = /```octets\n([0-9a-f\n]+)```/.exec(page)?.[1]?.replaceAll("\n", "");
    assert.equal(header, signedImage.header);
  });

  it("cite clauses by document and title, never by number alone (C-09)", () => {
    assert.doesNotMatch(page, /\b(clause|section|7\.4\.\d)/i);
  });

  it("name the type of every message in its CDDL", () => {
    for (const { name, type } of everyMessage.definitions) {
      const rule = page.split("\n").find((line) => line.startsWith(`${name} = `));
      assert.match(rule ?? "", new RegExp(`; type ${type}\\b`), name);
    }
  });
});
