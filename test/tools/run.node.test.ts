import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const scripts = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts as Record<
  string,
  string
>;
/** npm runs it by itself before it makes a package. */
const byNpm = "prepack";
const names = Object.keys(scripts).filter((name) => name !== byNpm);

function run(...args: readonly string[]): { status: number | null; out: string; error: string } {
  const options = { cwd: root, timeout: 60_000 };
  const { status, stdout, stderr } = spawnSync(process.execPath, ["tools/run.mjs", ...args], options);
  return { status, out: stdout.toString(), error: stderr.toString() };
}

describe("the commands of package.json", function () {
  this.timeout(120_000);

  it("are those of tools/run.mjs", () => {
    for (const name of names) assert.equal(scripts[name], `node tools/run.mjs ${name}`);
    assert.equal(scripts[byNpm], scripts.build);
    const { status, error } = run("none");
    assert.equal(status, 2);
    const known = /^cpns: unknown command 'none'; one of (.*)\n$/.exec(error)?.[1]?.split(", ");
    assert.deepEqual(known?.sort(), [...names].sort());
  });

  for (const name of names) {
    it(`${name} says with --help what it is for and how it is called, and does nothing`, () => {
      const { status, out, error } = run(name, "--help");
      assert.equal(status, 0, error);
      assert.equal(error, "");
      assert.match(out, new RegExp(`^[A-Z].*\\n\\nusage: (npm|npm run|cpns) ${name}`));
      assert.ok(out.length < 2500);
    });

    it(`${name} refuses an option that it does not know in one line`, () => {
      const { status, out, error } = run(name, "--loud");
      assert.equal(status, 2);
      assert.equal(out, "");
      assert.match(
        error,
        new RegExp(`^[^\\n]*'?--loud'?[^\\n]*usage: (npm|npm run|cpns) ${name}[^\\n]*\\n$`),
      );
    });
  }

  it("that take no operands refuse one", () => {
    for (const name of ["bench", "check", "format", "build", "flash"]) {
      const { status, error } = run(name, "all");
      assert.equal(status, 2);
      assert.match(error, /^cpns: 'all' is not known; usage: npm run .*\n$/);
    }
  });
});
