import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "../../..");
const tool = async (name: string) => await import(pathToFileURL(join(root, "tools/firmware", name)).href);
const { targets } = await tool("targets.mjs");
const { bareSdkconfigOf, chipOf, sdkconfigOf } = await tool("build.mjs");
const { findSdk, missingHmac } = await tool("sdk.mjs");
const { boardConfiguration, lostConfiguration, lostOptions, optionsOf, takenConfiguration } =
  await tool("sdkconfig.mjs");
const options: (text: string) => Map<string, string> = optionsOf;

interface Target {
  readonly name: string;
  readonly board: string;
  readonly manifest: string;
  readonly simulator: boolean;
  readonly emulator: boolean;
}
const boards = [...(targets() as Map<string, Target>).values()].filter(
  ({ simulator, emulator }) => !simulator && !emulator,
);

const read = (folder: string) => options(readFileSync(join(folder, "sdkconfig.defaults"), "utf8"));
const common = join(root, "hosts/esp32/board/sdkconfig");
const ours = read(common);
const encrypted = read(`${common}-encrypted`);
/** Where a target has a configuration of its own. */
const ownOf = ({ manifest }: Target) => join(dirname(manifest), "sdkconfig");
/** What a board has no use for: how long an emulated chip has worked. */
const counted = "CONFIG_FREERTOS_GENERATE_RUN_TIME_STATS";
/** With the first ESP32, whose NVS cannot be encrypted. */
const plain = ["m5stack_core2", "m5stack_fire"];

describe("the configuration for ESP-IDF", () => {
  it("has every option of the common one wherever a target or a profile has a file of its own", () => {
    const folders = boards.map(ownOf).filter((folder) => existsSync(folder));
    assert.ok(folders.length > 0);
    for (const folder of [...folders, `${common}-encrypted`]) {
      const has = read(folder);
      for (const [name, value] of ours) assert.equal(has.get(name), value, `${folder}: ${name}`);
    }
  });

  it("is the board's own, and encrypted, wherever a target with a file of its own is built with --encrypted", () => {
    const folder = join(root, "hosts/esp32/board");
    const { platforms } = JSON.parse(readFileSync(join(folder, "encrypted.json"), "utf8"));
    for (const target of boards) {
      if (!existsSync(ownOf(target)) || plain.includes(target.board)) continue;
      const named = platforms[target.name];
      assert.ok(named !== undefined, `hosts/esp32/board/encrypted.json lacks ${target.name}`);
      const has = read(join(folder, named.build.SDKCONFIGPATH));
      for (const [name, value] of [...read(ownOf(target)), ...encrypted])
        assert.equal(has.get(name), value, `${target.name}: ${name}`);
    }
  });

  it("is a board's in an emulator, too, but for its radio and the lines of its flash", () => {
    const has = read(join(root, "hosts/esp32/emulator/sdkconfig"));
    const radio = [...ours.keys()].filter((name) => /^CONFIG_BT(DM)?_/.test(name));
    for (const [name, value] of ours) if (!radio.includes(name)) assert.equal(has.get(name), value, name);
    const own = [...has.keys()].filter((name) => !ours.has(name));
    assert.deepEqual(own, ["CONFIG_BT_ENABLED", "CONFIG_ESPTOOLPY_FLASHMODE_DIO", counted]);
  });

  it("is a board's in an emulator with Bluetooth, but for the controller and the lines of its flash", () => {
    const has = read(join(root, "hosts/esp32/targets/emulator_esp32c3_ble/sdkconfig"));
    for (const [name, value] of ours) assert.equal(has.get(name), value, name);
    const own = [...has.keys()].filter((name) => !ours.has(name));
    assert.deepEqual(own, [
      "CONFIG_BT_CONTROLLER_DISABLED",
      "CONFIG_BT_NIMBLE_TRANSPORT_UART",
      "CONFIG_ESPTOOLPY_FLASHMODE_DIO",
      counted,
    ]);
  });

  it("lets nobody read the memory of a chip that fails: no debugger waits, no registers or stacks are sent", () => {
    const folders = ["emulator/sdkconfig", "targets/emulator_esp32c3_ble/sdkconfig"].map((name) =>
      join(root, "hosts/esp32", name),
    );
    for (const folder of [common, `${common}-encrypted`, ...boards.map(ownOf), ...folders]) {
      if (!existsSync(folder)) continue;
      const has = read(folder);
      assert.equal(has.get("CONFIG_ESP_SYSTEM_PANIC_GDBSTUB"), "", folder);
      assert.equal(has.get("CONFIG_ESP_SYSTEM_PANIC_SILENT_REBOOT"), "y", folder);
      assert.equal(has.get("CONFIG_ESP_COREDUMP_ENABLE_TO_NONE"), "y", folder);
    }
  });

  it("lets no chip sleep, nor its controller, whose radio feeds the generator of random numbers (ADR 19)", () => {
    for (const name of [
      "CONFIG_BTDM_CTRL_MODEM_SLEEP",
      "CONFIG_BT_CTRL_MODEM_SLEEP",
      "CONFIG_BT_LE_SLEEP_ENABLE",
    ])
      assert.equal(ours.get(name), "", name);
    const folders = [common, `${common}-encrypted`, ...boards.map(ownOf)].filter((folder) =>
      existsSync(folder),
    );
    for (const folder of folders)
      for (const name of ["CONFIG_PM_ENABLE", "CONFIG_FREERTOS_USE_TICKLESS_IDLE"])
        assert.equal(read(folder).get(name) ?? "", "", `${folder}: ${name}`);
  });

  it("is missed where the SDK leaves it out for a board's own: no such image is made", () => {
    assert.deepEqual(
      lostOptions("CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_D=3\n", "CONFIG_A=y\nCONFIG_B=n\n"),
      [],
    );
    const wanted = "CONFIG_A=y\nCONFIG_B=n\nCONFIG_C=\nCONFIG_D=4\n# CONFIG_E is not set\nCONFIG_F=y\n";
    assert.deepEqual(lostOptions("CONFIG_A=n\nCONFIG_B=y\nCONFIG_D=3\n", wanted), [
      ...["CONFIG_A", "CONFIG_B", "CONFIG_D", "CONFIG_F"],
    ]);
    const text = readFileSync(join(common, "sdkconfig.defaults"), "utf8");
    assert.equal(lostConfiguration({ name: "esp32/mine" }, `CONFIG_MORE=y\n${text}`), undefined);
    const own = text.replace("CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=y", "");
    assert.match(
      lostConfiguration({ name: "esp32/mine" }, own),
      /^esp32\/mine would be without 1 of the options of hosts\/esp32\/board\/sdkconfig, such as CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE; .*PORTING/,
    );
    assert.match(
      lostConfiguration({ name: "esp32/mine", encrypted: true }, text),
      /^esp32\/mine would be without \d+ of the options of hosts\/esp32\/board\/sdkconfig-encrypted, /,
    );
    const boards = "CONFIG_ESPTOOLPY_FLASHSIZE_8MB=y\nCONFIG_ESP_COREDUMP_ENABLE_TO_NONE=n\n";
    assert.match(
      lostConfiguration({ name: "esp32/mine" }, text, boards),
      /^esp32\/mine would be without 1 of the options of the SDK's board, such as CONFIG_ESPTOOLPY_FLASHSIZE_8MB; /,
    );
    assert.equal(
      lostConfiguration({ name: "esp32/mine" }, `${text}\n${boards.slice(0, 34)}`, boards),
      undefined,
    );
  });

  it("is what a makefile names beside the SDK's own, if it names one", () => {
    assert.equal(takenConfiguration("A = 1\nB = 2\n"), "");
    const text = readFileSync(join(common, "sdkconfig.defaults"), "utf8");
    assert.equal(takenConfiguration(`A = 1\nSDKCONFIGPATH = ${common}\nSDKCONFIGPATH ?= $(HERE)\n`), text);
  });

  it("is missed in no target, of the board's own neither", function () {
    const sdk = findSdk();
    if (sdk.missing !== undefined) this.skip();
    for (const target of boards) {
      const own = ownOf(target);
      const taken = readFileSync(join(existsSync(own) ? own : common, "sdkconfig.defaults"), "utf8");
      assert.equal(lostConfiguration(target, taken, boardConfiguration(sdk, target.board)), undefined);
    }
  });

  describe("made by the SDK", function () {
    this.timeout(300_000);
    const sdk = findSdk();
    const folder = mkdtempSync(join(tmpdir(), "cpns-sdkconfig-"));
    after(() => rmSync(folder, { recursive: true, force: true }));
    before(function () {
      if (sdk.missing === undefined) return;
      process.stderr.write(`skipped: the configuration that the SDK makes, because ${sdk.missing}\n`);
      this.skip();
    });

    for (const target of boards) {
      it(`differs for ${target.name} from the SDK's own only in the options that we name`, () => {
        const made = options(sdkconfigOf(target, sdk));
        const bare = options(bareSdkconfigOf(target, sdk, join(folder, target.name.replace("/", "_"))));
        for (const [name, value] of ours) assert.equal(made.get(name) ?? "", value, name);
        const differs = [...new Set([...made.keys(), ...bare.keys()])].filter(
          (name) => (made.get(name) ?? "") !== (bare.get(name) ?? "") && !ours.has(name),
        );
        assert.deepEqual(differs, []);
        if (missingHmac(target.name, chipOf(target, sdk)) !== undefined) return;
        const sealed = options(sdkconfigOf({ ...target, encrypted: true }, sdk));
        for (const [name, value] of [...made, ...encrypted])
          assert.equal(sealed.get(name) ?? "", value, name);
      });
    }
  });
});
