import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

describe("the build", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-build-"));
    cpSync(join(root, "tools"), join(folder, "tools"), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    cpSync(join(root, "package.json"), join(folder, "package.json"));
    mkdirSync(join(folder, "src"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): void => writeFileSync(join(folder, "src", name), text);
  const output = (name: string): string => readFileSync(join(folder, "build/src", name), "utf8");
  const build = (): number | null => {
    const script = "import('./tools/build.mjs').then((tool) => tool.build())";
    return spawnSync(process.execPath, ["-e", script], { cwd: folder }).status;
  };

  it("makes again what a failed build has changed, once the source is as it was", () => {
    write("a.ts", "export const a = 'first';");
    write("b.ts", "export const b = 1;");
    assert.equal(build(), 0);
    write("a.ts", "export const a = 'second';");
    write("b.ts", "export const = 1;");
    assert.notEqual(build(), 0);
    assert.match(output("a.js"), /second/);
    write("a.ts", "export const a = 'first';");
    write("b.ts", "export const b = 1;");
    assert.equal(build(), 0);
    assert.match(output("a.js"), /first/);
  });

  it("removes what no longer has a source", () => {
    write("c.ts", "export const c = 1;");
    assert.equal(build(), 0);
    rmSync(join(folder, "src/c.ts"));
    assert.equal(build(), 0);
    assert.throws(() => output("c.js"), /ENOENT/);
  });
});
