import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "../../..");

interface Manifest {
  readonly bin: { readonly cpns: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
const declared = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies)];

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

/** The name of a package in what a module imports; undefined for files and Node's own. */
function packageOf(specifier: string): string | undefined {
  if (/^(\.|node:)/.test(specifier) || builtinModules.includes(specifier)) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** As `npm install -g` lays it out, with what package.json declares and nothing else; no registry is asked. */
describe("the package that npm pack makes", function () {
  this.timeout(60_000);
  let folder: string;
  let installed: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-package-"));
    // The tests run on the build that there is.
    const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const name = /"filename": "([^"]+)"/.exec(packed)?.[1] ?? assert.fail(packed);
    execFileSync("tar", ["-xzf", join(folder, name), "-C", folder]);
    installed = join(folder, "package");
    for (const one of declared) {
      const from = join(root, "node_modules", one);
      if (!existsSync(from)) continue;
      mkdirSync(join(installed, "node_modules", one, ".."), { recursive: true });
      symlinkSync(from, join(installed, "node_modules", one));
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("imports no file and no package that is not in it", () => {
    const missing: string[] = [];
    const imported = /(?:^|[\s;])(?:import|from)\s*\(?\s*"([^"]+)"/g;
    for (const top of ["bin", "build"])
      for (const file of files(join(installed, top))) {
        // Modules of the Moddable SDK's are the firmware's.
        if (!/\.m?js$/.test(file) || /\/(esp32|apps)\//.test(file) || file.endsWith("/client.js")) continue;
        for (const [, specifier = ""] of readFileSync(file, "utf8").matchAll(imported)) {
          const name = packageOf(specifier);
          const there = specifier.startsWith(".")
            ? existsSync(join(file, "..", specifier))
            : name === undefined || declared.includes(name);
          if (!there) missing.push(`${relative(installed, file)}: ${specifier}`);
        }
      }
    assert.deepEqual(missing, []);
  });

  it("holds neither tests nor tools, and what its pages and programs read", () => {
    for (const name of ["test", "build/test", "tools", "bench", "build/bench", "node_modules/typescript"])
      assert.equal(existsSync(join(installed, name)), false, name);
    for (const name of [
      "README.md",
      "LICENSE",
      "build/hosts/server/pages/index.html",
      "build/hosts/node/pages/pages.css",
      "build/hosts/server/pages/client.js",
      "scenarios/enrol-and-join.yaml",
    ])
      assert.ok(existsSync(join(installed, name)), name);
  });

  it("has a command whose programs answer, and name themselves as they are called", () => {
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, [join(installed, manifest.bin.cpns), ...args], {
        cwd: folder,
        encoding: "utf8",
      });
    for (const [name, words] of [
      ["server", /usage: cpns server/],
      ["gateway", /usage: cpns gateway/],
      ["sim", /usage: cpns sim FILE/],
      ["start", /usage: cpns start/],
      ["factory", /usage: cpns factory --out/],
    ] as const) {
      const { status, stdout, stderr } = run(name, "--help");
      assert.equal(status, 0, stderr);
      assert.match(stdout, words);
      assert.equal(/npm run/.test(stdout), false, stdout);
    }
    const made = run("server", "init", "--data", join(folder, "data"));
    assert.equal(made.status, 0, made.stderr);
    const played = run("sim", join(installed, "scenarios/enrol-and-join.yaml"));
    assert.equal(played.status, 0, played.stderr);
    assert.equal(run("dance").status, 2);
    for (const name of ["server", "gateway"]) {
      const { status, stderr } = run(name, "--dance");
      assert.equal(status, 2);
      assert.match(stderr, new RegExp(`usage: cpns ${name} \\[COMMAND\\]`));
    }
  });
});
