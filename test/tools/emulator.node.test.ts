import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { missingCompiler } from "../hosts/esp32/crypto/core.js";
import { skipped } from "../support/skipped.js";

const root = join(import.meta.dirname, "../../..");
const tool = async (name: string) => await import(pathToFileURL(join(root, "tools/firmware", name)).href);
const { findQemu, flashImage, offsetOf } = await tool("emulator.mjs");
const { targets } = await tool("targets.mjs");
const { buildEnvironment, mcconfigArguments } = await tool("build.mjs");

const chip = Object.freeze({ qemu: "qemu-of-nobody", machine: "esp32c3" });

describe("the run of a chip's image in an emulator", () => {
  const folder = mkdtempSync(join(tmpdir(), "cpns-qemu-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const qemu = (name: string, machines: string): string => {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\nprintf '${machines}'\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const fake = (machines: string): NodeJS.ProcessEnv => ({
    ...process.env,
    CPNS_QEMU: qemu("qemu", machines),
  });

  it("says which QEMU is missing, and the command that puts it there", () => {
    assert.match(
      findQemu(chip, { ...process.env, CPNS_QEMU: "" }).missing,
      /qemu-of-nobody was not found.*idf_tools/,
    );
    assert.match(findQemu(chip, fake("virt  a board\\n")).missing, /knows no machine esp32c3; install/);
    assert.equal(findQemu(chip, fake("virt  a board\\nesp32c3  a chip\\n")).missing, undefined);
  });

  it("takes of the QEMUs that are named, one for each architecture, the one that knows the chip", () => {
    const [riscv, xtensa] = [qemu("riscv32", "esp32c3  a chip\\n"), qemu("xtensa", "esp32  a chip\\n")];
    const env = { ...process.env, CPNS_QEMU: [join(folder, "nowhere"), riscv, xtensa].join(delimiter) };
    assert.deepEqual(findQemu({ qemu: "qemu-system-xtensa", machine: "esp32" }, env), { command: xtensa });
    assert.deepEqual(findQemu({ qemu: "qemu-system-riscv32", machine: "esp32c3" }, env), { command: riscv });
    const missing: string = findQemu(
      { qemu: "qemu-system-xtensa", machine: "esp32" },
      { ...env, CPNS_QEMU: riscv },
    ).missing;
    assert.match(missing, /riscv32 knows no machine esp32; .*idf_tools\.py install qemu-xtensa$/);
  });

  it("runs the target that is named, and says which there are", () => {
    const run = (target: string) => {
      const url = pathToFileURL(join(root, "tools/firmware/emulator.mjs")).href;
      const code = `(await import("${url}")).testEmulator({ target: "${target}" })`;
      const env = { ...process.env, MODDABLE: "" };
      return spawnSync(process.execPath, ["--input-type=module", "-e", code], { env, encoding: "utf8" });
    };
    assert.match(run("emulator/esp32").stdout, /^skipped: emulator\/esp32, because .*\nnothing was run/);
    const { status, stderr } = run("esp32/nodemcu");
    assert.equal(status, 2);
    assert.match(
      stderr,
      /no target 'esp32\/nodemcu' in an emulator; one of emulator\/esp32, emulator\/esp32c3,/,
    );
  });

  it("lays out a flash that is empty but for what was built", () => {
    const flash: Buffer = flashImage(
      [
        [0, Buffer.from([1, 2])],
        [4, Buffer.from([3])],
      ],
      6,
    );
    assert.deepEqual([...flash], [1, 2, 255, 255, 3, 255]);
    assert.throws(() => flashImage([[5, Buffer.from([1, 2])]], 6), RangeError);
  });

  it("puts the firmware where the boards' table of partitions has its first place", () => {
    const table = readFileSync(join(root, "hosts/esp32/board/partitions.csv"), "utf8");
    assert.equal(offsetOf(table, "ota_0"), 0x20000);
    assert.equal(offsetOf(table, "otadata"), 0x10000);
    assert.throws(() => offsetOf(table, "ota_9"), /no partition ota_9/);
  });

  for (const [name, file, own, tests] of [
    ["emulator/esp32", "manifest-emulator.json", "emulator_esp32", "."],
    ["emulator/esp32c3", "manifest-emulator.json", "emulator_esp32c3", "."],
    ["emulator/esp32c3_ble", "manifest-emulator-ble.json", "emulator_esp32c3_ble", "bluetooth"],
    ["emulator/esp32c3_console", "manifest-emulator-console.json", "emulator_esp32c3_console", "console"],
  ] as const) {
    const [chip, board] = name === "emulator/esp32" ? ["esp32", "nodemcu"] : ["esp32c3", "esp32c3"];
    it(`is a target with a manifest of its own, for the SDK's board ${board}: ${name}`, () => {
      const target = targets().get(name);
      assert.deepEqual([target.chip, target.board], [chip, board]);
      assert.deepEqual([target.emulator, target.simulator], [true, false]);
      const specs = readdirSync(join(root, "test/hosts/esp32/emulator", target.tests));
      assert.equal(target.tests, tests);
      assert.ok(specs.some((one) => one.endsWith(".emulator.ts")));
      const args: string[] = mcconfigArguments({ ...target, out: folder });
      assert.equal(args[args.indexOf("-p") + 1], `esp32/${board}`);
      assert.equal(args.at(-1), join(root, file));
      const { platforms } = JSON.parse(readFileSync(join(root, file), "utf8"));
      assert.equal(platforms[`esp32/${board}`].include, `./hosts/esp32/targets/${own}/manifest.json`);
    });
  }

  it("has its own C, which hangs a chip on purpose, compiled by no board's build", function () {
    if (missingCompiler([]) !== undefined) return skipped(this, "the emulator's C", "a C compiler", "gcc");
    const headers = join(folder, "headers");
    mkdirSync(headers);
    for (const name of ["xsmc.h", "xsHost.h", "mc.defines.h"]) writeFileSync(join(headers, name), "");
    const source = join(root, "hosts/esp32/emulator/c/cpnsEmulator.c");
    const said = (...flags: readonly string[]): string =>
      String(spawnSync("gcc", ["-E", ...flags, `-I${headers}`, source]).stderr);
    assert.match(said(), /this is for an emulator's build alone/);
    assert.doesNotMatch(said("-DMODDEF_CPNS_EMULATOR=1"), /emulator's build alone/);
    assert.match(readFileSync(source, "utf8"), /portDISABLE_INTERRUPTS/);
  });

  it("takes the console's modules into the target that has one, on the port of a board's", () => {
    const { include } = JSON.parse(
      readFileSync(join(root, "hosts/esp32/targets/emulator_esp32c3_console/manifest.json"), "utf8"),
    );
    assert.deepEqual(include.slice(0, 2), ["../../emulator/manifest.json", "../../console/manifest.json"]);
    assert.equal(targets().get("emulator/esp32c3_console").console, true);
    for (const { name, console } of targets().values())
      if (name !== "emulator/esp32c3_console") assert.equal(console, false, name);
  });

  it("finds the controller's header for a target with Bluetooth and no controller, and for no other", () => {
    const sdk = { folder: "/sdk", bin: "/sdk/bin" };
    const headers = (name: string): string | undefined =>
      buildEnvironment(targets().get(name), sdk).C_INCLUDE_PATH;
    assert.match(headers("emulator/esp32c3_ble") ?? "", /components\/bt\/include\/esp32c3\/include$/);
    for (const name of ["emulator/esp32c3", "esp32/esp32c3"])
      assert.equal(headers(name), process.env.C_INCLUDE_PATH);
  });

  it("has everything of a board's memory, hooks and partitions", () => {
    const read = (file: string) => JSON.parse(readFileSync(join(root, "hosts/esp32", file), "utf8"));
    const [board, emulator] = [read("board/manifest.json"), read("emulator/manifest.json")];
    assert.deepEqual(emulator.creation, board.creation);
    assert.deepEqual(emulator.defines, { ...board.defines, cpns: { emulator: 1 } });
    assert.equal(read("emulator/build.json").build.PARTITIONS_FILE_FOR_TARGET, "./../board/partitions.csv");
    for (const { name, manifest, emulator: emulated } of targets().values())
      if (!emulated) assert.doesNotMatch(readFileSync(manifest, "utf8"), /emulator/, name);
  });
});
