import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "../../../../hosts/node/program/folder.js";

describe("a folder that a program makes", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-folder-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is for its owner alone, with those above it, and may be there already", () => {
    const made = join(folder, "a", "b c", "ü");
    makeFolder(made);
    makeFolder(made);
    assert.equal(statSync(join(folder, "a")).mode & 0o777, 0o700);
    assert.equal(statSync(made).mode & 0o777, 0o700);
  });

  it("is refused, and soon, where none can be", () => {
    writeFileSync(join(folder, "file"), "x");
    assert.throws(() => makeFolder(join(folder, "file")), { code: "ENOTDIR" });
    assert.throws(() => makeFolder(join(folder, "file", "x")), { code: "ENOTDIR" });
    assert.throws(() => makeFolder(""), { code: "ENOENT" });
    // Here Node's own mkdir never comes back.
    if (process.platform === "linux") assert.throws(() => makeFolder("/proc/x/y"), { code: "ENOENT" });
  });
});
