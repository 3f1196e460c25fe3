import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { skipped } from "../../../support/skipped.js";
import { c, here, missingCompiler } from "./core.js";

const folder = mkdtempSync(join(tmpdir(), "cpns-radio-"));
const program = join(folder, "radio");
const stubs = join(here, "esp32");

const compile = (...flags: readonly string[]) =>
  spawnSync("gcc", [
    ...["-std=gnu11", "-Wall", "-Wextra", "-Werror", ...flags, `-I${stubs}`, `-I${c}`],
    ...[join(stubs, "radio.c"), join(c, "cpnsEntropy.c"), "-o", program],
  ]);

describe("random numbers as compiled for ESP32", () => {
  before(function () {
    if (missingCompiler([]) !== undefined)
      skipped(this, "random numbers of the ESP32", "a C compiler", "gcc");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("are refused while the radio is off, and after the generator was stuck once", () => {
    const { status, stderr } = compile("-DESP32=1", "-DCONFIG_BT_ENABLED=1");
    assert.equal(status, 0, String(stderr));
    const { stdout } = spawnSync(program, { encoding: "utf8" });
    // Verdict, whether zeros were left, octets drawn of the hardware: off; on; off again; on, stuck, and well again.
    assert.equal(stdout, "1 1 0, 0 0 1056, 1 1 1056, 0 0 3 1 3 1 1120\n");
  });

  it("are not compiled without a radio, with one whose controller sleeps, for an emulator with one, nor where no generator is known", () => {
    for (const [flags, why] of [
      [["-DESP32=1"], /CONFIG_BT_ENABLED/],
      [["-U__linux__", "-U__APPLE__"], /no source of random numbers is known/],
      [["-DESP32=1", "-DCONFIG_BT_ENABLED=1", "-DMODDEF_CPNS_EMULATOR=1"], /not for a build with a radio/],
      // Bluetooth alone makes no noise.
      [["-DESP32=1", "-DCONFIG_BT_ENABLED=1", "-DCONFIG_BT_CONTROLLER_DISABLED=1"], /and its controller/],
      // Of the first ESP32, of C3 and S3, and of C6.
      ...["BTDM_CTRL_MODEM_SLEEP", "BT_CTRL_MODEM_SLEEP", "BT_LE_SLEEP_ENABLE"].map(
        (option) =>
          [
            ["-DESP32=1", "-DCONFIG_BT_ENABLED=1", `-DCONFIG_${option}=1`],
            /controller that sleeps between its events/,
          ] as const,
      ),
    ] as const) {
      const { status, stderr } = compile(...flags);
      assert.notEqual(status, 0);
      assert.match(String(stderr), why);
    }
  });

  it("are given without a radio in an emulator's build alone, and put to the same tests", () => {
    for (const flags of [[], ["-DCONFIG_BT_ENABLED=1", "-DCONFIG_BT_CONTROLLER_DISABLED=1"]]) {
      const { status, stderr } = compile("-DESP32=1", "-DMODDEF_CPNS_EMULATOR=1", ...flags);
      assert.equal(status, 0, String(stderr));
      const { stdout } = spawnSync(program, { encoding: "utf8" });
      assert.equal(stdout, "0 0 1056, 0 0 1088, 0 0 1120, 0 0 3 1 3 1 1184\n");
    }
  });
});
