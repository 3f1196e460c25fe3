import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const longest = 250;

/** Lines of each class of a source, from its head to its last brace, as the formatter sets them. */
function classesIn(text: string): (readonly [name: string, lines: number])[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    const [, indent = "", name = "without a name"] =
      /^( *)(?:export )?(?:default )?(?:(?:const|return) .*)?(?:abstract )?\bclass(?: (\w+))?\b.*\{$/.exec(
        line,
      ) ?? [];
    if (!/\bclass\b.*\{$/.test(line) || /^\s*(?:\*|\/\/|\/\*)/.test(line)) return [];
    const end = lines.findIndex((other, n) => n > at && other.startsWith(`${indent}}`));
    return [[name, end - at + 1] as const];
  });
}

function tooLong(top: string): string[] {
  const files = readdirSync(join(root, top), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) =>
      classesIn(readFileSync(join(root, top, file), "utf8"))
        .filter(([, lines]) => lines > longest)
        .map(([name, lines]) => `${top}/${file}: ${name} has ${lines} lines`),
    );
}

describe("classes", () => {
  it("are measured from head to last brace, wherever they stand", () => {
    const text = [
      "/** A class { is no class here. */",
      "export class One<T> extends Other {",
      "  #inner = 1;",
      "  method() {",
      "    return 1;",
      "  }",
      "}",
      "abstract class Two {",
      "}",
      "function made() {",
      "  return class Three {",
      "    #inner = 2;",
      "  };",
      "}",
    ].join("\n");
    assert.deepEqual(classesIn(text), [
      ["One", 6],
      ["Two", 2],
      ["Three", 3],
    ]);
  });

  it(`have at most ${longest} lines, in src and hosts`, () => {
    assert.deepEqual([...tooLong("src"), ...tooLong("hosts")], []);
  });
});
