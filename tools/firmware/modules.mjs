// Follows the imports of the compiled firmware (build/, by tools/build.mjs). A module's name is its path below the
// project's root, without its extension; XS resolves relative imports against it, so no import is ever rewritten.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { forBoard } from "../boardCode.mjs";
import { root } from "../setup.mjs";

const compiled = join(root, "build");

const specifiers = /\b(?:from|import)\s*"([^"]+)"/g;
const sourceMap = /^\/\/# sourceMappingURL=.*$/gm;

const textOf = (name) => readFileSync(join(compiled, `${name}.js`), "utf8").replace(sourceMap, "");

/** The modules that `entry` imports, itself among them, and the names of the SDK's; both sorted. */
export function modulesOf(entry) {
  const names = new Set();
  const sdk = new Set();
  const queue = [entry];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    for (const [, specifier] of textOf(name).matchAll(specifiers)) {
      if (specifier.startsWith("."))
        queue.push(posix.join(posix.dirname(name), specifier).replace(/\.js$/, ""));
      else sdk.add(specifier);
    }
  }
  return { names: [...names].sort(), sdk: [...sdk].sort() };
}

/**
 * For programs of the tools, which need no list in the repository: copies what `entry` imports, as a board has it, to
 * `out`/js, and writes `out`/modules.json. Returns the modules' names.
 */
export function writeModules(entry, out) {
  const { names } = modulesOf(entry);
  const js = join(out, "js");
  rmSync(js, { recursive: true, force: true });
  for (const name of names) {
    const file = join(js, `${name}.js`);
    mkdirSync(dirname(file), { recursive: true });
    // XS would look for the map.
    writeFileSync(file, forBoard(textOf(name)));
  }
  const manifest = {
    modules: Object.fromEntries(names.map((name) => [name, `./js/${name}`])),
    preload: names.filter((name) => name !== entry),
    creation: { main: entry },
  };
  writeFileSync(join(out, "modules.json"), JSON.stringify(manifest, undefined, 2));
  return names;
}
