import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A literal that a person reads: words with a capital at their beginning. Names of modes and keys have no space. */
const sentence = /"[A-Z][a-z]+(?: [^"]*|[.!?:]?)"/;
/** Of a keyboard's drawing, or a label of the product itself. */
const allowed = new Set(['"Abc"']);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "strings" ? [] : sources(path);
    return path.endsWith(".ts") ? [path] : [];
  });
}

describe("words for people", () => {
  it("stand in the tables of texts, and nowhere else in the PNE, its UI and the device", () => {
    const found = ["src/pne", "src/ui", "src/device"].flatMap(sources).flatMap((path) =>
      readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => !/^\s*(?:\*|\/[/*])|Error\(|^import /.test(line))
        .flatMap((line) => line.match(sentence)?.[0] ?? [])
        .filter((literal) => !allowed.has(literal))
        .map((literal) => `${path}: ${literal}`),
    );
    assert.deepEqual(found, []);
  });
});
