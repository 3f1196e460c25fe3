import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { skipped } from "../../../support/skipped.js";
import { missingCompiler } from "../crypto/core.js";

const root = join(import.meta.dirname, "../../../../..");
const source = join(root, "test/hosts/esp32/system");
const c = join(root, "hosts/esp32/system/c");

describe("the two slots of the chip", () => {
  const folder = mkdtempSync(join(tmpdir(), "cpns-slots-"));
  const program = join(folder, "slots");
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: readonly string[]): string[] =>
    execFileSync(program, args, { encoding: "utf8" }).trim().split("\n");

  before(function () {
    if (missingCompiler([]) !== undefined) skipped(this, "the slots of the chip in C", "a C compiler", "gcc");
    const flags = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-DESP32=1", "-fsanitize=address,undefined"];
    const files = [join(c, "cpnsUpdate.c"), join(source, "updateDriver.c")];
    execFileSync("gcc", [...flags, `-I${c}`, `-I${join(source, "idf")}`, ...files, "-o", program]);
  });

  it("are written a block at a time, each erased at its begin, into the one that does not run", () => {
    assert.deepEqual(run("facts", "w0,1024", "w1024,3072", "w4096,4096"), [
      "12288 0 0",
      "erase ota_1 0 4096",
      "erase ota_1 12288 4096",
      "write 0 1024: 1",
      "write 1024 3072: 1",
      "erase ota_1 4096 4096",
      "write 4096 4096: 1",
    ]);
  });

  it("take nothing over the end of a block or of a slot", () => {
    const bad = ["w0,4097", "w3072,1025", "w12288,1", "w8192,4097", "w4294967295,16", "read"];
    assert.deepEqual(run(...bad), [
      "write 0 4097: 0",
      "write 3072 1025: 0",
      "write 12288 1: 0",
      "write 8192 4097: 0",
      "write 4294967295 16: 0",
      "read 0",
    ]);
  });

  it("notice what flash has not kept", () => {
    assert.deepEqual(run("worn", "w0,1024").slice(-1), ["write 0 1024: 0"]);
    assert.deepEqual(run("worn", "w4096,64").slice(-1), ["write 4096 64: 1"]);
  });

  it("are not there where the table has one", () => {
    assert.deepEqual(run("one", "facts", "w0,16", "activate"), ["0 0 0", "write 0 16: 0", "0"]);
  });

  it("leave the image before alone while another is on trial", () => {
    assert.deepEqual(run("trial", "facts", "w0,16", "confirm", "back"), [
      "12288 0 1",
      "write 0 16: 0",
      "valid",
      "1",
      "planned 1",
      "rolled back",
      "planned 0",
    ]);
    assert.deepEqual(run("trial", "activate"), ["0"]);
  });

  it("are switched by ESP-IDF, which looks at the image itself", () => {
    assert.deepEqual(run("activate"), ["boot ota_1", "1"]);
  });

  it("hold nothing that the boot loader could fall back to before what is written was switched to", () => {
    const erased = "ff".repeat(16).match(/../g)?.join(" ");
    const image = `e9${" 5a".repeat(15)}`;
    const seen = run(
      "w0,1024",
      "w1024,3072",
      "slot",
      "begin",
      "activate",
      "slot",
      "activate",
      "w0,16",
      "slot",
    );
    assert.deepEqual(
      seen.filter((line) => !/^(erase|write)/.test(line)),
      [
        `slot ${erased} 5a`,
        ...[`begin ${image} 5a 5a 5a 5a`, "15 5a 5a", "16 5a"],
        ...["boot ota_1", "1", `slot ${image} 5a`],
        ...["boot ota_1", "1", `slot ${erased} ff`],
      ],
    );
    assert.deepEqual(run("w0,15").slice(-1), ["write 0 15: 0"]);
  });

  it("know an image that was begun from firmware that came by cable, and from one that was switched to", () => {
    const told = (...args: readonly string[]): string[] => run(...args).filter((line) => /^begun/.test(line));
    assert.deepEqual(told("begun", "w0,1024", "begun", "w4096,4096", "begun"), [
      "begun 0",
      "begun 1",
      "begun 1",
    ]);
    assert.deepEqual(told("w0,1024", "cable", "begun", "w0,1024", "begun"), ["begun 0", "begun 1"]);
    assert.deepEqual(told("w0,1024", "activate", "begun"), ["begun 0"]);
    assert.deepEqual(told("one", "begun"), ["begun 0"]);
  });

  it("stand in the partition table of every board: two of one size, on 64 KB, within 4 MB, with their note", () => {
    const csv = readFileSync(join(root, "hosts/esp32/board/partitions.csv"), "utf8");
    const rows = csv.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const parts = rows.map((line) => line.split(",").map((one) => one.trim()));
    const part = (name: string): string[] => parts.find(([one]) => one === name) ?? assert.fail(name);
    const [first, second, note] = ["ota_0", "ota_1", "otadata"].map(part) as [string[], string[], string[]];
    assert.deepEqual(first.slice(1, 3), ["app", "ota_0"]);
    assert.deepEqual(second.slice(1, 3), ["app", "ota_1"]);
    assert.equal(first[4], second[4]);
    for (const [, , , offset] of [first, second]) assert.equal(Number(offset) % 0x10000, 0);
    assert.deepEqual(note.slice(1, 3), ["data", "ota"]);
    assert.equal(Number(note[4]), 0x2000);
    assert.ok(
      !parts.some(([, , subtype]) => subtype === "factory"),
      "a factory image would start before both",
    );
    assert.ok(Number(second[3]) + Number(second[4]) <= 4 << 20);
    // The largest image that was built for one of the boards has 1.25 MB.
    assert.ok(Number(first[4]) >= 1_900_000);
    for (const name of readdirSync(join(root, "hosts/esp32/targets"), { recursive: true }) as string[])
      assert.ok(!name.endsWith("partitions.csv"), `${name} would take its place`);
  });

  it("have the boot loader go back, and start no damaged one, in every configuration", () => {
    const all = readdirSync(join(root, "hosts/esp32"), { recursive: true }) as string[];
    const files = all.filter((name) => name.endsWith("sdkconfig.defaults"));
    assert.ok(files.length >= 10, `${files.length}`);
    for (const one of files) {
      const text = readFileSync(join(root, "hosts/esp32", one), "utf8");
      assert.match(text, /^CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=y$/m, one);
      assert.match(text, /^CONFIG_BOOTLOADER_SKIP_VALIDATE_ALWAYS=n$/m, one);
    }
  });
});
