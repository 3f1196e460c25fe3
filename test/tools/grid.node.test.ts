import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Fonts } from "../../src/device/display/colour/items.js";
import { large } from "../../src/device/display/colour/metrics.js";
import { small } from "../../src/device/display/colour/smallMetrics.js";
import { languages } from "../../src/ui/strings/languages.js";
import { everyScreen } from "../device/display/everyScreen.js";
import { itemsOf, measuring, measuringSmall } from "../device/display/fakes.js";

const root = join(import.meta.dirname, "../../..");
const tool = (name: string) => import(new URL(`../../../tools/${name}.mjs`, import.meta.url).href);
const { boardGrid, gridOf, withGrid } = (await tool("device/grid")) as {
  gridOf(kind: string): Promise<typeof large>;
  withGrid(code: string, grid: object): string;
  boardGrid(code: string, map: string, grid: object): { code: string; map: string };
};
const { modulesOf } = (await tool("firmware/modules")) as { modulesOf(entry: string): { names: string[] } };

type DrawList = { readonly length: number; textOf(index: number): string } & Record<
  "kind" | "color" | "what" | "x" | "y" | "w" | "h" | "count",
  (index: number) => number
>;
type Layout = (list: DrawList, screen: object, fonts: object) => void;

const noMap = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });

/** The layout as a board with one grid has it. */
async function ofBoard(folder: string, grid: object): Promise<{ layout: Layout; list: DrawList }> {
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  for (const name of modulesOf("src/device/display/colour/colourDisplay").names) {
    const file = join(folder, `${name}.js`);
    mkdirSync(dirname(file), { recursive: true });
    const code = readFileSync(join(root, "build", `${name}.js`), "utf8");
    const readsIt = name.startsWith("src/device/display/colour/");
    writeFileSync(file, readsIt ? boardGrid(code, noMap, grid).code : code);
  }
  const load = (name: string) =>
    import(pathToFileURL(join(folder, "src/device/display/colour", `${name}.js`)).href);
  const { layout } = (await load("layout")) as { layout: Layout };
  const { DrawList: List } = (await load("drawList")) as { DrawList: new () => DrawList };
  return { layout, list: new List() };
}

/** A grid of which nothing may be read. */
const untouchable = new Proxy(
  {},
  {
    get: (_, name) => {
      throw new Error(`grid.${String(name)} is read at run time`);
    },
  },
);

describe("a board's code for its display", () => {
  it("takes the numbers of a grid from its source", async () => {
    assert.deepEqual(await gridOf("320x240"), large);
    assert.deepEqual(await gridOf("240x135"), small);
    await assert.rejects(gridOf("640x480"), /no grid '640x480'; one of 320x240, 240x135/);
  });

  it("has them in it as what they are, and leaves all else", () => {
    const grid = { width: 7, kind: "a", compact: false };
    const said = (code: string): string => withGrid(code, grid);
    assert.equal(said("f(sheet.grid.width, grid.width + x.gridwidth.width)"), "f(7, 7 + x.gridwidth.width)");
    assert.equal(said("this.kind = this.#painter.grid.kind;"), 'this.kind = "a";');
    assert.equal(said("const $1 = sheet.grid, w = $1.width, c = $1.compact;"), "const w = 7, c = false;");
    assert.equal(said("g(grid.other, sheet.grid)"), "g(grid.other, sheet.grid)");
    const held = (rest: string): string =>
      `function f() {\n  const grid = sheet.grid;\n  ${rest}\n}\nconst grid = 1;`;
    assert.equal(said(held("g(grid.width);")), "function f() {\n  g(7);\n}\nconst grid = 1;");
    assert.equal(said(held("g(grid);")), held("g(grid);"));
  });

  it("is worked out, without what is never done", () => {
    const { code } = boardGrid("f(grid.compact ? a : grid.width - 2);", noMap, { width: 7, compact: false });
    assert.equal(code.trim(), "f(5);");
  });

  for (const [fonts, keypads] of [
    [measuring, ["matrix", "buttons", "touch"]],
    [measuringSmall, ["matrix", "keyboard", "buttons"]],
  ] as const) {
    const { kind } = fonts.grid;
    it(`draws every screen on ${kind} as the code that reads its grid, and reads none`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "cpns-grid-"));
      try {
        const { layout, list } = await ofBoard(folder, await gridOf(kind));
        const blind: Fonts = { ...fonts, grid: untouchable as Fonts["grid"] };
        for (const keypad of keypads)
          for (const { code } of languages)
            for (const { name, screen } of everyScreen(keypad, code)) {
              layout(list, screen, blind);
              const items = itemsOf(screen, fonts);
              assert.equal(list.length, items.length, name);
              for (const [i, { x, y, w, h, text, count }] of items.entries())
                assert.deepEqual(
                  [list.x(i), list.y(i), list.w(i), list.h(i), list.textOf(i), list.count(i)],
                  [x, y, w, h, text, count],
                  `${keypad}, ${name}`,
                );
            }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }

  it("is made with the grid of the display that its root opens", () => {
    const targets = join(root, "hosts/esp32/targets");
    const grid = (manifest: string): string =>
      JSON.parse(readFileSync(join(targets, manifest), "utf8")).typescript.tsconfig.grid;
    for (const board of readdirSync(targets, { withFileTypes: true })) {
      const manifest = join(board.name, "manifest.json");
      if (!board.isDirectory() || board.name === "shared") continue;
      const displays = (JSON.parse(readFileSync(join(targets, manifest), "utf8")).include as string[]).filter(
        (one) => one.includes("display/colour/"),
      );
      const source = readFileSync(join(targets, board.name, "target.ts"), "utf8");
      const wanted = source.includes("smallMetrics") ? "240x135" : "320x240";
      assert.ok(displays.length <= 1);
      for (const one of displays) assert.equal(grid(join(board.name, one)), wanted, board.name);
      if (wanted === "240x135") assert.equal(displays.length, 1, board.name);
    }
  });
});
