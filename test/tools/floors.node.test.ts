import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/**
 * The house plan (docs/adr/0011-order-of-the-floors.md): imports run down only, type imports too, and nothing goes in a circle. Files of
 * another process, as the panel's in a browser, are sources like any other.
 */
const root = join(import.meta.dirname, "../../..");

/** From the ground up: a floor imports from itself and from what stands before it. */
const floors = [
  ...["base", "codec", "crypto", "link", "keystore", "database", "procedure", "protocols"],
  ...["catalogue", "pne", "gateway", "server", "ui", "device"],
];

/** What each host may import beside src and itself. */
const hosts: Readonly<Record<string, readonly string[]>> = {
  esp32: ["node"],
  node: [],
  gateway: ["node"],
  server: ["node", "factory"],
  factory: ["node"],
  simulator: ["node", "esp32", "gateway", "server", "factory"],
};

/** Arrows that still run up. This list only shrinks: one that is gone fails until it is struck off here. */
const stillUp: Readonly<Record<string, readonly string[]>> = {};

/** Circles that still are, under the same rule. */
const stillRound: readonly string[] = [];

/** What hosts still import of the tests. */
const stillTests: readonly string[] = [
  "hosts/esp32/display/gallery/target.ts → test/device/display/everyScreen.ts",
];

type Imports = ReadonlyMap<string, readonly string[]>;

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.ts$/.test(entry.name)) yield path;
  }
}

const named = /\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g;

/** Each source, and the sources that it imports, all by their path in the tree. */
function importsOf(top: string): Imports {
  const imports = new Map<string, string[]>();
  for (const path of sources(join(root, top))) {
    const targets = [...readFileSync(path, "utf8").matchAll(named)].map(([, target = ""]) =>
      relative(root, join(path, "..", target)).replace(/\.js$/, ".ts"),
    );
    imports.set(relative(root, path), targets);
  }
  return imports;
}

const floorOf = (file: string): string => file.split("/")[1] ?? "";
const arrow = (from: string, to: string): string => `${from} → ${to}`;

function upward(imports: Imports): string[] {
  return [...imports].flatMap(([from, targets]) =>
    targets
      .filter((to) => floors.indexOf(floorOf(to)) > floors.indexOf(floorOf(from)))
      .map((to) => arrow(from, to)),
  );
}

/** One circle for each import that closes one, as a walk depth first finds them; the last imports the first. */
function circles(imports: Imports): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) {
      found.push(way.slice(way.indexOf(file)).join(" → "));
      return;
    }
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) walk(target, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) walk(file, []);
  return found;
}

/** The same with folders in the place of files. */
function folded(imports: Imports, folderOf: (file: string) => string): Imports {
  const folders = new Map<string, string[]>();
  for (const [from, targets] of imports) {
    const others = targets.map(folderOf).filter((to) => to !== folderOf(from));
    folders.set(folderOf(from), [...(folders.get(folderOf(from)) ?? []), ...others]);
  }
  return folders;
}

/** What is found is what is known; each list only shrinks. */
function onlyKnown(found: readonly string[], known: readonly string[]): void {
  const extra = found.filter((one) => !known.includes(one));
  const gone = known.filter((one) => !found.includes(one));
  assert.deepEqual(
    { "not allowed": extra, "gone, strike it off": gone },
    { "not allowed": [], "gone, strike it off": [] },
  );
}

const src = importsOf("src");
const outside = importsOf("hosts");
const samples = importsOf("apps");

describe("the house plan", () => {
  it("finds arrows that run up, and circles", () => {
    const wrong = new Map([
      ["src/base/a.ts", ["src/link/b.ts", "src/base/c.ts"]],
      ["src/base/c.ts", ["src/base/a.ts"]],
      ["src/link/b.ts", ["src/base/c.ts"]],
    ]);
    assert.deepEqual(upward(wrong), ["src/base/a.ts → src/link/b.ts"]);
    assert.deepEqual(circles(wrong), ["src/base/a.ts → src/link/b.ts → src/base/c.ts"]);
    assert.deepEqual(circles(folded(wrong, floorOf)), ["base → link"]);
  });

  it("has every folder of src and of hosts, and imports that are files", () => {
    for (const file of src.keys()) assert.ok(floors.includes(floorOf(file)), file);
    for (const file of outside.keys()) assert.ok(floorOf(file) in hosts, file);
    const files = new Set([...src.keys(), ...outside.keys(), ...samples.keys()]);
    const strange = [...src, ...outside, ...samples].flatMap(([from, targets]) =>
      targets.filter((to) => !files.has(to)).map((to) => arrow(from, to)),
    );
    onlyKnown(strange, stillTests);
  });

  it("imports down only in src", () => {
    const known = Object.entries(stillUp).flatMap(([from, targets]) =>
      targets.map((to) => arrow(`src/${from}.ts`, `src/${to}.ts`)),
    );
    onlyKnown(upward(src), known);
  });

  it("imports nothing of hosts in src", () => {
    for (const [from, targets] of src)
      for (const to of targets) assert.ok(to.startsWith("src/"), arrow(from, to));
  });

  it("has applications that see the interface of the firmware, and nothing else of it", () => {
    for (const [from, targets] of samples)
      for (const to of targets)
        assert.ok(to.startsWith("apps/") || to.startsWith("src/device/application/"), arrow(from, to));
  });

  it("imports in no circle, in src and in hosts", () => {
    assert.deepEqual(circles(src), []);
    onlyKnown(circles(outside), stillRound);
    assert.deepEqual(circles(folded(outside, floorOf)), []);
  });

  it("has procedures of which one may know another, and never each other", () => {
    const procedures = new Map([...src].filter(([file]) => floorOf(file) === "protocols"));
    const procedureOf = (file: string): string => file.split("/").slice(1, 3).join("/");
    assert.deepEqual(circles(folded(procedures, procedureOf)), []);
  });

  it("keeps hosts apart, but for what a host may import", () => {
    const wrong: string[] = [];
    for (const [from, targets] of outside)
      for (const to of targets) {
        const [folder, other] = [floorOf(from), floorOf(to)];
        if (to.startsWith("hosts/") && other !== folder && !hosts[folder]?.includes(other))
          wrong.push(arrow(from, to));
      }
    assert.deepEqual(wrong, []);
  });
});
