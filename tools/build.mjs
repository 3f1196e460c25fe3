// Compiles every .ts below src, hosts, test and bench to build/ with swc, only what changed since the last
// build, and removes what no longer has a source. Assets beside the sources (.html, .css, .svg) are copied.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fail, root } from "./setup.mjs";

const roots = ["src", "hosts", "test", "bench"];
const assets = /\.(html|css|svg|png)$/;
const out = join(root, "build");

const options = (file) => ({
  filename: file,
  sourceMaps: "inline",
  jsc: { parser: { syntax: "typescript" }, target: "es2022", keepClassNames: true },
  module: { type: "es6" },
});

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Compiles what changed; returns the number of files written. A syntax error is one line, file and place. */
export async function build() {
  const { transformFile } = await import("@swc/core");
  const wanted = new Set();
  let written = 0;
  for (const top of roots) {
    if (!statSync(join(root, top), { throwIfNoEntry: false })) continue;
    for (const file of files(join(root, top))) {
      const compiled = /\.ts$/.test(file) && !/\.d\.ts$/.test(file);
      if (!compiled && !assets.test(file)) continue;
      const target = join(out, relative(root, file)).replace(/\.ts$/, ".js");
      wanted.add(target);
      if (modified(target) > modified(file)) continue;
      mkdirSync(dirname(target), { recursive: true });
      try {
        writeFileSync(target, compiled ? (await transformFile(file, options(file))).code : readFileSync(file));
      } catch (error) {
        fail(`${relative(root, file)} does not compile:\n${error.message ?? error}`);
      }
      written++;
    }
  }
  for (const top of roots) {
    const folder = join(out, top);
    if (!statSync(folder, { throwIfNoEntry: false })) continue;
    for (const file of files(folder)) if (!wanted.has(file)) rmSync(file);
  }
  return written;
}
