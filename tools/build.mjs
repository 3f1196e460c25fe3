// Compiles every .ts below src, apps, hosts, test and bench to build/ with swc, only what changed since the last
// build, and removes what no longer has a source. Assets beside the sources (.html, .css, .svg, .png, .fnt) are copied.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fail, root } from "./setup.mjs";

const roots = ["src", "apps", "hosts", "test", "bench"];
const assets = /\.(html|css|svg|png|fnt)$/;
const out = join(root, "build");

const options = (file, sourceMaps) => ({
  filename: file,
  sourceMaps,
  swcrc: false,
  jsc: { parser: { syntax: "typescript" }, target: "es2022", keepClassNames: true },
  module: { type: "es6" },
});

/** What a device runs is said for XS, and tested as it is said there. */
const onDevice = /^(src|hosts\/esp32|apps)\//;

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

const manifestFile = join(out, "sources.json");

/** What each output was made of, by digest: times lie after a checkout, a copy or a restored file. */
function readManifest() {
  try {
    return JSON.parse(readFileSync(manifestFile, "utf8"));
  } catch {
    return {};
  }
}

/** TypeScript to JavaScript for XS, and its source map; `file` is what errors and the map name. */
export async function compileForXs(file, source, sourceMaps = true) {
  const [{ transform }, { forXs }] = await Promise.all([import("@swc/core"), import("./xsCode.mjs")]);
  const { code, map } = await transform(source, options(file, sourceMaps));
  return { code: forXs(code), map };
}

/** TypeScript to JavaScript; `file` is what errors and source maps name. */
export async function compile(file, source) {
  const name = relative(root, file);
  try {
    if (onDevice.test(name)) return (await compileForXs(file, source, "inline")).code;
    const { transform } = await import("@swc/core");
    return (await transform(source, options(file, "inline"))).code;
  } catch (error) {
    // swc adds where in its own code it was.
    const [said] = String(error.message ?? error).split(/\n+(?:Caused by|Stack backtrace)/);
    return fail(`${name} does not compile:\n${said}`);
  }
}

async function make(file, target, source) {
  mkdirSync(dirname(target), { recursive: true });
  const compiled = /\.ts$/.test(file) ? await compile(file, source.toString("utf8")) : source;
  writeFileSync(target, compiled);
}

/** Pages that run the core in a browser: one file each, with the libraries that the core takes by name. */
const bundles = ["server", "gateway"].map((host) => ({
  from: `hosts/${host}/pages/client/main.js`,
  to: `hosts/${host}/pages/client.js`,
}));

async function makeBundle({ from, to }) {
  const { build: bundle } = await import("esbuild");
  const options = { bundle: true, format: "esm", target: "es2022", minify: true, logLevel: "error" };
  try {
    await bundle({ ...options, entryPoints: [join(out, from)], outfile: join(out, to) });
  } catch (error) {
    fail(`${to} cannot be bundled:\n${error.message ?? error}`);
  }
}

/** Compiles what changed; returns the number of files written. A syntax error is one line, file and place. */
export async function build() {
  const before = readManifest();
  const after = {};
  let written = 0;
  for (const top of roots) {
    if (!statSync(join(root, top), { throwIfNoEntry: false })) continue;
    for (const file of files(join(root, top))) {
      const compiled = /\.ts$/.test(file) && !/\.d\.ts$/.test(file);
      if (!compiled && !assets.test(file)) continue;
      const name = relative(root, file).replace(/\.ts$/, ".js");
      const target = join(out, name);
      const source = readFileSync(file);
      after[name] = createHash("sha256").update(source).digest("hex");
      if (after[name] === before[name] && statSync(target, { throwIfNoEntry: false })) continue;
      // A build that fails half way must not leave a list that its outputs do not match.
      if (written === 0) {
        rmSync(manifestFile, { force: true });
        // Figures are of one build.
        for (const figures of ["figures", "screens"])
          rmSync(join(out, `xs/${figures}.json`), { force: true });
      }
      await make(file, target, source);
      written++;
    }
  }
  for (const bundle of bundles) {
    if (after[bundle.from] === undefined) continue;
    after[bundle.to] = "bundle";
    if (written > 0 || before[bundle.to] === undefined) await makeBundle(bundle);
  }
  for (const top of roots) {
    const folder = join(out, top);
    if (!statSync(folder, { throwIfNoEntry: false })) continue;
    for (const file of files(folder)) if (!(relative(out, file) in after)) rmSync(file);
  }
  mkdirSync(out, { recursive: true });
  writeFileSync(manifestFile, JSON.stringify(after));
  return written;
}
