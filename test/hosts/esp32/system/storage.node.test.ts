import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { skipped } from "../../../support/skipped.js";
import { missingCompiler } from "../crypto/core.js";

const root = join(import.meta.dirname, "../../../../..");
const source = join(root, "test/hosts/esp32/system");
const c = join(root, "hosts/esp32/system/c");

describe("the start of flash storage", () => {
  const folder = mkdtempSync(join(tmpdir(), "cpns-storage-"));
  const program = join(folder, "start");
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start = (...args: readonly string[]): string[] =>
    execFileSync(program, args, { encoding: "utf8" }).trim().split("\n");

  before(function () {
    if (missingCompiler([]) !== undefined) skipped(this, "the start of NVS in C", "a C compiler", "gcc");
    const flags = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-DESP32=1", "-fsanitize=address,undefined"];
    const files = [join(c, "cpnsStorage.c"), join(source, "driver.c")];
    execFileSync("gcc", [...flags, `-I${c}`, `-I${join(source, "idf")}`, ...files, "-o", program]);
  });

  it("leaves NVS alone where it starts", () => {
    assert.deepEqual(start("0", "spare"), ["runs", "in 0x9000", "fault 0x0"]);
  });

  it("lets the device run where NVS cannot start (no free pages, a newer form), its pages untouched", () => {
    for (const code of ["0x110d", "0x1110"]) {
      assert.deepEqual(start(code, "spare"), ["erase spare 0 16384", "runs", "in 0x3f0000", `fault ${code}`]);
    }
  });

  it("erases it as a whole when the person wants that", () => {
    assert.deepEqual(start("0x110d", "spare", "erase").slice(-2), ["erase nvs 0 24576", "erased 1"]);
  });

  it("has a spare partition in the table, which the SDK's start does not touch", () => {
    const table = readFileSync(join(root, "hosts/esp32/board/partitions.csv"), "utf8");
    const rows = table.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const parts = rows.map((line) => line.split(",").map((one) => one.trim()));
    const spare = parts.find(([name]) => name === "spare") ?? assert.fail("no spare");
    // NVS needs three pages of 4 KB.
    assert.ok(Number(spare[4]) >= 0x3000);
    let end = 0x9000;
    for (const [name, , , offset, size] of parts) {
      assert.ok(Number(offset) >= end, name);
      end = Number(offset) + Number(size);
    }
    assert.ok(end <= 4 << 20);
  });

  it("is called before the SDK's own by a definition of the boards' manifest", () => {
    const { defines } = JSON.parse(readFileSync(join(root, "hosts/esp32/board/manifest.json"), "utf8"));
    assert.match(defines.startup.delayms, /extern int cpnsPrelaunch\(void\); cpnsPrelaunch\(\);/);
  });
});
