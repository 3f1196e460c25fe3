import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Locked {
  readonly packages: Readonly<Record<string, { version?: string; integrity?: string; optional?: boolean }>>;
}
interface Tool {
  isInstalled(lock: Locked, tree: Locked): boolean;
  isInstalledIn(root: string): boolean;
}
const { isInstalled, isInstalledIn } = (await import(
  new URL("../../../tools/installed.mjs", import.meta.url).href
)) as Tool;

const a = { version: "1.0.0", integrity: "sha512-a" };
const lock: Locked = {
  packages: { "": {}, "node_modules/a": a, "node_modules/b": { version: "2.0.0", optional: true } },
};

describe("whether the locked dependencies are installed", () => {
  it("is seen of what npm ci has put there by itself, with or without what is for other systems", () => {
    assert.ok(
      isInstalled(lock, { packages: { "node_modules/a": a, "node_modules/b": { version: "2.0.0" } } }),
    );
    assert.ok(isInstalled(lock, { packages: { "node_modules/a": a } }));
  });

  it("is not so when one is missing, another version, another file, or nobody's", () => {
    for (const packages of [
      {},
      { "node_modules/a": { ...a, version: "1.0.1" } },
      { "node_modules/a": { ...a, integrity: "sha512-b" } },
      { "node_modules/a": a, "node_modules/b": { version: "2.0.1" } },
      { "node_modules/a": a, "node_modules/c": a },
    ])
      assert.equal(isInstalled(lock, { packages }), false, JSON.stringify(packages));
  });

  it("is not so of a clone where nothing was installed, or was cut off", () => {
    const root = mkdtempSync(join(tmpdir(), "cpns-installed-"));
    writeFileSync(join(root, "package-lock.json"), JSON.stringify(lock));
    assert.equal(isInstalledIn(root), false);
    mkdirSync(join(root, "node_modules"));
    const tree = join(root, "node_modules", ".package-lock.json");
    writeFileSync(tree, '{"packages":');
    assert.equal(isInstalledIn(root), false);
    writeFileSync(tree, JSON.stringify({ packages: { "node_modules/a": a } }));
    assert.equal(isInstalledIn(root), true);
    rmSync(root, { recursive: true });
  });
});
