// Builds a compiled module of this project, with all that it imports, to a command-line program of the Moddable SDK.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const compiled = join(root, "build");
const packages = join(root, "node_modules");

/** Why no program can be built, or undefined. */
export function missingSdk() {
  const sdk = process.env.MODDABLE;
  if (!sdk) return "MODDABLE is not set; install the Moddable SDK with: npx xs-dev setup";
  if (!existsSync(join(sdk, "build/bin/lin/release/mcconfig"))) {
    return "the Moddable SDK in MODDABLE has no built tools for Linux; make them with: npx xs-dev setup";
  }
  return undefined;
}

const specifiers = /(\bfrom\s*|\bimport\s*)"([^"]+)"/g;

/** The name that a module has in the program: its path below build/, or its package's name, without ".js". */
const nameOf = (file) => relative(file.startsWith(packages) ? packages : compiled, file).replace(/\.js$/, "");

function resolve(specifier, from) {
  if (specifier === "node:assert/strict") return join(compiled, "test/xs/assert.js");
  if (specifier.startsWith(".")) return join(dirname(from), specifier);
  const file = join(packages, specifier.endsWith(".js") ? specifier : `${specifier}.js`);
  if (!existsSync(file))
    throw new Error(`${relative(root, from)} imports "${specifier}", which no device has`);
  return file;
}

/** Copies modules and what they import to `folder`, each import by its full name; returns their names. */
function collect(entries, folder, external) {
  const names = new Set();
  const queue = [...entries];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const name = nameOf(file);
    if (names.has(name)) continue;
    names.add(name);
    const text = readFileSync(file, "utf8")
      .replace(/^\/\/# sourceMappingURL.*$/m, "")
      .replace(specifiers, (_, keyword, specifier) => {
        if (external.includes(specifier)) return `${keyword}"${specifier}"`;
        const target = resolve(specifier, file);
        queue.push(target);
        return `${keyword}"${nameOf(target)}"`;
      });
    const target = join(folder, `${name}.js`);
    mkdirSync(dirname(target), { recursive: true });
    if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
  }
  return [...names].sort();
}

/** Memory of a developer's machine: what is looked for here is right results, not a device's limits. */
const creation = {
  static: 0,
  chunk: { initial: 4_000_000, incremental: 1_000_000 },
  heap: { initial: 200_000, incremental: 50_000 },
  stack: 8192,
  keys: { available: 0, initial: 4000, incremental: 500, name: 1000, symbol: 500 },
  parser: { buffer: 32768, table: 1993 },
};

function run(command, args, options) {
  const { MODDABLE: sdk, PATH: path } = process.env;
  const env = { ...process.env, PATH: `${path}:${join(sdk, "build/bin/lin/release")}`, ...options.env };
  return spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 26, ...options, env });
}

/**
 * Builds the program `name` of compiled entries (below build/), which are run in this order, and of manifests that
 * bring its C; `modules` are further ones of the SDK, and `external` those of their names that are imported. `compiler`
 * is a C compiler with its options, in the place of "cc". Returns the program's path; throws with the SDK's output.
 */
export function buildProgram({ name, entries, manifests = [], modules = [], external = [], compiler }) {
  const folder = join(compiled, "device", name);
  const sources = join(folder, "modules");
  const out = join(folder, "out");
  mkdirSync(out, { recursive: true });
  const files = entries.map((entry) => join(compiled, entry));
  const names = collect(files, sources, external);
  const imports = ["globals", ...files.map(nameOf)].map((one) => `import "${one}";\n`).join("");
  writeFileSync(join(sources, "main.js"), imports);
  const manifest = {
    include: manifests.map((one) => join(root, one)),
    creation,
    modules: {
      "*": [join(here, "cli"), join(here, "globals"), join(sources, "main"), ...modules],
      ...Object.fromEntries(names.map((one) => [one, join(sources, one)])),
    },
  };
  const file = join(folder, "manifest.json");
  writeFileSync(file, JSON.stringify(manifest, undefined, 2));
  const made = run("mcconfig", ["-m", "-p", "x-cli-lin", "-t", "build", "-o", out, file], {
    cwd: folder,
    env: compiler === undefined ? {} : { CC: compiler },
  });
  const program = join(out, "bin/lin/release", name);
  if (made.status !== 0 || !existsSync(program)) {
    rmSync(program, { force: true });
    throw new Error(`mcconfig could not build ${name}:\n${made.stdout}${made.stderr}`);
  }
  return program;
}
