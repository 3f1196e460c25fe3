import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const numbers = (text: string): readonly number[] =>
  [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits));
const targetOf = (board: string): string => read(`hosts/esp32/targets/${board}/target.ts`);

describe("what the pages say of boards", () => {
  const boards = Object.keys(JSON.parse(read("manifest.json")).platforms)
    .filter((name) => name.startsWith("esp32/"))
    .sort();
  const rows = read("README.md")
    .split("\n")
    .filter((line) => /^\| `esp32\//.test(line));

  it("is in README.md for each that there is a target for, by the class of its display and its keys", () => {
    assert.deepEqual(
      rows.flatMap((row) => [...row.matchAll(/`(esp32\/\w+)`/g)].map(([, name]) => name)).sort(),
      boards,
    );
    const code: Readonly<Record<string, RegExp>> = {
      "three buttons": /ThreeButtons/,
      touch: /ouch/,
      "matrix of 4×4 keys": /MatrixKeypad/,
      none: /OneButton/,
    };
    for (const row of rows) {
      const [, names = "", display = "", keys = ""] = row.split("|").map((cell) => cell.trim());
      const [, wanted] = Object.entries(code).find(([name]) => keys.startsWith(name)) ?? assert.fail(keys);
      for (const [, board = ""] of names.matchAll(/`esp32\/(\w+)`/g)) {
        const shared = [...targetOf(board).matchAll(/"\.\.\/shared\/(\w+)\.js"/g)];
        const text = shared.reduce(
          (all, [, name]) => `${all}${read(`hosts/esp32/targets/shared/${name}.ts`)}`,
          targetOf(board),
        );
        assert.match(text, wanted, board);
        const shown = text.includes("Ssd1306")
          ? "128×64"
          : text.includes("smallMetrics")
            ? "240×135"
            : "320×240";
        assert.ok(display.startsWith(text.includes("NoDisplay") ? "none" : shown), `${board}: ${display}`);
      }
    }
  });

  it("is in docs/PORTING.md, of the pins of devkits, what their targets take", () => {
    const table = [
      ...read("docs/PORTING.md").matchAll(/^\| `(\w+)` \| (\d[^|]*) \| (\d[^|]*) \| (\d[^|]*) \|$/gm),
    ];
    assert.equal(table.length, 4);
    for (const [, board = "", bus = "", rows = "", columns = ""] of table) {
      const target = targetOf(board);
      const pins = (pattern: RegExp): readonly number[] => numbers(pattern.exec(target)?.[1] ?? "");
      assert.deepEqual(pins(/bus = Object\.freeze\(\{ (data: \d+, clock: \d+)/), numbers(bus), board);
      assert.deepEqual(pins(/rows: \[([^\]]*)\]/), numbers(rows), board);
      assert.deepEqual(pins(/columns: \[([^\]]*)\]/), numbers(columns), board);
    }
  });
});
