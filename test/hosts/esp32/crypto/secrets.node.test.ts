import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { skipped } from "../../../support/skipped.js";
import { c, compile, coreFiles, here, missingCompiler, sdkName } from "./core.js";

const folder = mkdtempSync(join(tmpdir(), "cpns-secrets-"));
const program = join(folder, "secrets");

/** Runs it under valgrind; 9 when something depended on undefined memory. */
const watched = (...args: readonly string[]) =>
  spawnSync("valgrind", ["--error-exitcode=9", "--quiet", "--track-origins=yes", program, ...args], {
    encoding: "utf8",
  });

describe(`time of the device's C, with ${sdkName}`, () => {
  before(function () {
    const probe = spawnSync("gcc", ["-E", "-"], { input: "#include <valgrind/memcheck.h>\n" });
    const absent = probe.status !== 0 || spawnSync("valgrind", ["--version"]).status !== 0;
    if (absent || missingCompiler(["-m64"]) !== undefined)
      skipped(
        this,
        "valgrind over the secrets of the device's C",
        "valgrind or a C compiler",
        "gcc valgrind",
      );
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  // -Os is what the SDK compiles with for ESP32, which has no carry flag.
  for (const flags of [["-Os"], ["-O2"], ["-O3"], ["-Os", "-DCPNS_NO_CARRY_FLAG=1"]]) {
    it(`does not depend on keys, scalars or points, compiled with ${flags.join(" ")}`, () => {
      const files = coreFiles.filter((file) => file !== join(c, "cpnsP256.c"));
      compile([join(here, "secrets.c"), ...files], ["-m64", "-g", ...flags], program);
      const { status, stderr } = watched();
      assert.equal(status, 0, stderr);
      assert.equal(watched("leaky").status, 9, "a branch on a key would be seen");
    });
  }
});

describe("the device's C as machine code of Xtensa", () => {
  const compiler = "xtensa-lx106-elf-gcc";

  before(function () {
    if (spawnSync(compiler, ["--version"]).status !== 0)
      skipped(this, "machine code of Xtensa", compiler, "gcc-xtensa-lx106");
  });

  /** The branches that this compiler makes of sums of 64 bits and of comparisons of words. */
  const branches = (source: string): number => {
    const flags = ["-Os", "-ffreestanding", "-S", "-x", "c", "-o", "-", `-I${c}`];
    const { status, stdout, stderr } = spawnSync(compiler, [...flags, source], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return (stdout.match(/^\s*b(ltu|geu)\b/gm) ?? []).length;
  };

  it("has no branch on a carry", () => {
    assert.equal(branches(join(c, "cpnsField.c")), 0);
    assert.ok(branches(join(here, "carries.c")) > 0, "such branches would be seen");
  });
});
