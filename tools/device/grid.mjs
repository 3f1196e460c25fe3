// A board has one colour display, so what its layout reads of the grid (src/device/display/colour/metrics.ts) is put into
// its code as numbers: read at run time each of them takes seven octets of flash more, a thousand for all. The manifest
// of the display says which grid (`typescript.tsconfig.grid`); where several displays are drawn nothing is changed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { minifySync } from "@swc/core";
import { compileForXs } from "../build.mjs";
import { root } from "../setup.mjs";

const folder = "src/device/display/colour";
const files = Object.freeze({ "320x240": "metrics", "240x135": "smallMetrics" });

/** The numbers of a grid, "320x240" or "240x135", from its source. */
export async function gridOf(kind) {
  const name = files[kind];
  if (name === undefined) throw new Error(`no grid '${kind}'; one of ${Object.keys(files).join(", ")}`);
  const file = join(root, folder, `${name}.ts`);
  const { code } = await compileForXs(file, readFileSync(file, "utf8"), false);
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return Object.values(module).find((one) => one.kind === kind);
}

/** `const $1 = sheet.grid, margin = $1.margin, …;`, as destructuring is compiled. */
const taken = /\bconst (\$\d+) = [\w.#]+\.grid, ((?:[\w$]+ = \$\d+\.\w+(?:, )?)+);/g;
const read = /(?<![\w.#$])(?:[\w#$]+\.)*grid\.(\w+)\b/g;

/** A grid of which nothing more is read, in a function that ends at the line's beginning. */
const held = /\n *const grid = sheet\.grid;((?:\n(?!}).*)*)/g;

/** The code of a module, as compiled, with the grid's numbers in it. */
export function withGrid(code, grid) {
  const literal = (name) => JSON.stringify(grid[name]);
  return code
    .replace(taken, (_, from, list) => {
      const values = list
        .replaceAll(`${from}.`, "")
        .replace(/ = (\w+)/g, (__, name) => ` = ${literal(name)}`);
      return `const ${values};`;
    })
    .replace(read, (whole, name) => (Object.hasOwn(grid, name) ? literal(name) : whole))
    .replace(held, (whole, rest) => (/(?<![.\w])grid\b/.test(rest) ? whole : rest));
}

/** What is only worked out of numbers, and branches that no display of this size takes. */
const compress = Object.freeze({ defaults: false, evaluate: true, dead_code: true });

/** The same with its source map: numbers worked out, and without what is never done. */
export function boardGrid(code, map, grid) {
  return minifySync(withGrid(code, grid), {
    ...{ compress, mangle: false, module: true, ecma: 2022, format: { beautify: true, comments: false } },
    sourceMap: { content: map },
  });
}

/** Whether a file reads the grid: the layouts for colour displays do. */
export const readsGrid = (file) => file.includes(`/${folder}/`);
