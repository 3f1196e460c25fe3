import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const { applicationAPI } = (await import(join(root, "tools/applicationAPI.mjs"))) as {
  applicationAPI(root: string): string;
};

describe("the page of the application interface", () => {
  const page = applicationAPI(root);

  it("is that of the sources", () => {
    assert.equal(readFileSync(join(root, "docs/APPLICATION-API.md"), "utf8"), page);
  });

  it("has every exported name of the interface, and every member of it with words", () => {
    const source = readFileSync(join(root, "src/device/application/application.ts"), "utf8");
    const names = [...source.matchAll(/^export (?:interface|type|class) (\w+)/gm)].map(([, name]) => name);
    assert.ok(names.length >= 10, names.join());
    for (const name of names) assert.match(page, new RegExp(`^## ${name}$`, "m"));
    const members = [...source.matchAll(/^ {2}(?:readonly )?(\w+)[?]?[(:]/gm)].map(([, name]) => name);
    const rows = [...page.matchAll(/^\| `(\w+)[^`]*` \| (.*) \|$/gm)];
    for (const name of members)
      assert.ok(
        rows.some(([, row]) => row === name),
        name,
      );
    for (const [line, , about] of rows) assert.notEqual(about, "", line);
  });
});
