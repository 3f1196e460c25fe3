// Follows the imports from a target's composition root, compiles every TypeScript file that it meets to JavaScript for
// XS, and writes the manifest that names and preloads the modules. A module that nothing imports is not in the firmware,
// and none that is imported can be missing.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { root } from "../setup.mjs";

const require = createRequire(join(root, "package.json"));

/**
 * Not preloaded: XS keeps preloaded modules in flash, where scratch arrays cannot be written and big numbers compare
 * wrongly. Everything else is, so that it costs no RAM.
 */
const notPreloaded = [
  /^@noble\/hashes\/(sha2|hkdf)$/,
  /^@noble\/curves\//,
  /^src\/crypto\/noble(Curve)?$/,
  /^main$/,
];

const options = (filename) => ({
  filename,
  jsc: {
    parser: { syntax: filename.endsWith(".ts") ? "typescript" : "ecmascript" },
    target: "es2022",
    keepClassNames: true,
  },
  module: { type: "es6" },
});

const specifiers = /\b(?:from|import)\s*"([^"]+)"/g;

/** The file and the module name of what `from` imports; undefined for a module of the SDK. */
function resolve(specifier, from) {
  if (specifier.startsWith(".")) {
    const path = join(dirname(from), specifier);
    const file = path.replace(/\.js$/, ".ts");
    return { file: existsSync(file) ? file : path };
  }
  if (!specifier.startsWith("@noble/")) return undefined;
  return { file: require.resolve(specifier) };
}

const nameOf = (file) =>
  relative(root, file)
    .replace(/^node_modules\//, "")
    .replace(/\.(ts|js)$/, "");

/** Writes js/… and modules.json below `out`; returns the modules' names. `compiled` are sources below a node path. */
export async function writeModules(entry, out) {
  const { transform } = await import("@swc/core");
  const js = join(out, "js");
  rmSync(js, { recursive: true, force: true });
  const modules = new Map();
  const queue = [entry];
  const sdk = new Set();
  while (queue.length > 0) {
    const file = queue.pop();
    const name = file === entry ? "main" : nameOf(file);
    if (modules.has(name)) continue;
    const { code } = await transform(readFileSync(file, "utf8"), options(file));
    const rewritten = code.replace(specifiers, (statement, specifier) => {
      const found = resolve(specifier, file);
      if (found === undefined) {
        sdk.add(specifier);
        return statement;
      }
      queue.push(found.file);
      // By name: the entry is called "main", whatever its folder, and XS resolves names, not files.
      return statement.replace(specifier, nameOf(found.file));
    });
    const target = join(js, `${name}.js`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, rewritten);
    modules.set(name, target);
  }
  const names = [...modules.keys()].sort();
  const manifest = {
    modules: Object.fromEntries(names.map((name) => [name, modules.get(name).replace(/\.js$/, "")])),
    preload: names.filter((name) => !notPreloaded.some((pattern) => pattern.test(name))),
  };
  writeFileSync(join(out, "modules.json"), JSON.stringify(manifest, undefined, 2));
  return { names, sdk: [...sdk].sort() };
}
