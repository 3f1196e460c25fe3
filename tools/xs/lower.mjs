// XS 13.3 throws on a class that makes an instance of itself in a static field before its own fields are known, as
// the curves of @noble/curves do. So the modules that tests on XS import are compiled to ES2021, which has no class
// fields, in build/xs/lowered, where the host looks first. The Moddable SDK's newer XS takes them as they are.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const modules = ["utils", "abstract/weierstrass", "abstract/curve", "abstract/der", "abstract/modular"].map(
  (name) => `@noble/curves/${name}.js`,
);

const options = (filename) => ({
  filename,
  jsc: { parser: { syntax: "ecmascript" }, target: "es2021", loose: true, keepClassNames: true },
  module: { type: "es6" },
});

export async function lower() {
  const { transform } = await import("@swc/core");
  for (const name of modules) {
    const { code } = await transform(readFileSync(join(root, "node_modules", name), "utf8"), options(name));
    const target = join(root, "build/xs/lowered/node_modules", name);
    mkdirSync(dirname(target), { recursive: true });
    // Tests that run at the same time see a whole file.
    writeFileSync(`${target}.${process.pid}`, code);
    renameSync(`${target}.${process.pid}`, target);
  }
}
