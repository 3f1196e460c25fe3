// The SDK's build calls this in place of tsc for every TypeScript module: `-p FILE`, a tsconfig.json of one file that
// mcconfig has made. What a board runs is compiled as what the tests on XS run is; types are checked by `npm run check`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { forBoard } from "../boardCode.mjs";
import { compileForXs } from "../build.mjs";
import { boardGrid, gridOf, readsGrid } from "./grid.mjs";

/** `kind`: of the colour display's grid, where the manifests name one. */
async function make(file, outDir, kind) {
  const target = join(outDir, file.replace(/\.ts$/, ".js"));
  const compiled = await compileForXs(file, readFileSync(file, "utf8"));
  const gridded = kind !== undefined && readsGrid(file);
  const { code, map } = gridded ? boardGrid(compiled.code, compiled.map, await gridOf(kind)) : compiled;
  mkdirSync(dirname(target), { recursive: true });
  const names = { sources: [relative(dirname(target), file)], sourcesContent: undefined };
  writeFileSync(`${target}.map`, JSON.stringify({ ...JSON.parse(map), ...names }));
  writeFileSync(target, `${forBoard(code)}\n//# sourceMappingURL=${basename(target)}.map\n`);
}

const [option, config] = process.argv.slice(2);
try {
  if (option !== "-p" || config === undefined) throw new Error("usage: compile.mjs -p FILE");
  const { compilerOptions, files, extends: base } = JSON.parse(readFileSync(config, "utf8"));
  const { grid } = base === undefined ? {} : JSON.parse(readFileSync(base, "utf8"));
  for (const file of files) await make(file, compilerOptions.outDir, grid);
} catch (error) {
  process.stderr.write(`${error.message ?? error}\n`);
  process.exitCode = 1;
}
