import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { english } from "../../src/ui/strings/english.js";

const root = join(import.meta.dirname, "../../..");
const folders = ["src", "hosts", "test", "bench", "tools", "docs", "formal", "scenarios", ".ci", "apps"];

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

/** Cited before they are written. */
const awaited: readonly string[] = ["formal/README.md"];

const isText = (file: string): boolean =>
  /\.(ts|mjs|js|json|yaml|md|c|h|css|html|pv|pml|py|svg)$|\/run$/.test(file);
const topLevel = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name }) => join(root, name));
const all = [
  ...folders
    .map((folder) => join(root, folder))
    .filter(existsSync)
    .flatMap((folder) => [...files(folder)]),
  ...topLevel,
].filter(isText);

describe("the pages of the repository", () => {
  it("are there where one links to another", () => {
    const broken: string[] = [];
    for (const page of all.filter((file) => file.endsWith(".md")))
      for (const [, target = ""] of readFileSync(page, "utf8").matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)) {
        const outside = /^[a-z]+:/.test(target);
        if (!outside && !existsSync(join(dirname(page), target)))
          broken.push(`${relative(root, page)} → ${target}`);
      }
    assert.deepEqual(broken, []);
  });

  it("are there where a file cites one", () => {
    const broken: string[] = [];
    const cited = /\b(?:docs|formal|hosts)\/[\w/-]+\.(?:md|yaml)\b/g;
    for (const file of all)
      for (const [page] of readFileSync(file, "utf8").matchAll(cited))
        if (!existsSync(join(root, page)) && !awaited.includes(page))
          broken.push(`${relative(root, file)} → ${page}`);
    assert.deepEqual(broken, []);
  });

  it("give a new board all that it has to say of itself", () => {
    const page = readFileSync(join(root, "docs/PORTING.md"), "utf8");
    const [, start = ""] = /^start\(\{\n([^`]*?)^\}\);/m.exec(page) ?? [];
    const composition = readFileSync(join(root, "hosts/esp32/composition.ts"), "utf8");
    const [, fields = ""] = /interface Esp32Board \{\n([^}]*)\}/.exec(composition) ?? [];
    const needed = [...fields.matchAll(/readonly (\w+):/g)].map(([, name]) => name);
    assert.deepEqual(needed, ["board", "display", "keypad"]);
    for (const name of needed) assert.match(start, new RegExp(`^ {2}${name}: `, "m"), name);
  });

  it("number the decision records without a gap, each by its title", () => {
    const folder = join(root, "docs/adr");
    const records = readdirSync(folder).sort();
    assert.deepEqual(
      records.map((name) => Number(name.slice(0, 4))),
      records.map((_, at) => at + 1),
    );
    for (const name of records)
      assert.ok(readFileSync(join(folder, name), "utf8").startsWith(`# ${Number(name.slice(0, 4))}. `), name);
  });

  it("are all in the list of docs/README.md", () => {
    const list = readFileSync(join(root, "docs/README.md"), "utf8");
    for (const name of readdirSync(join(root, "docs")).filter((one) => one.endsWith(".md")))
      if (name !== "README.md") assert.ok(list.includes(`(${name})`), name);
  });

  it("say of everything that a display reports what mends it", () => {
    const page = readFileSync(join(root, "docs/TROUBLESHOOTING.md"), "utf8");
    for (const { title } of Object.values(english.errors))
      assert.ok(page.includes(`**${title}**`), `docs/TROUBLESHOOTING.md has no "${title}"`);
  });
});
