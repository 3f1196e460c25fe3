import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { version } from "../../hosts/esp32/version.js";

const root = join(import.meta.dirname, "../../..");
const tool = async (name: string) => await import(pathToFileURL(join(root, "tools/firmware", name)).href);

interface Target {
  readonly name: string;
  readonly entry: string;
  readonly manifest: string;
  readonly simulator: boolean;
}

const { targets } = await tool("targets.mjs");
const { writeModules } = await tool("modules.mjs");
const { missingBoard, missingHmac } = await tool("sdk.mjs");
const { networkModules } = await tool("build.mjs");
const { mend, mends } = await tool("ble.mjs");
const all: Target[] = [...targets().values()];

function firmware(args: readonly string[], env: NodeJS.ProcessEnv): { status: number | null; line: string } {
  const code = `import { firmware } from ${JSON.stringify(join(root, "tools/firmware/command.mjs"))};
    await firmware(${JSON.stringify(args)}, { flash: ${args.includes("--flash")} });`;
  const clean = { ...process.env, MODDABLE: "", IDF_PATH: "", ...env };
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { env: clean });
  return { status, line: stderr.toString() };
}

describe("the firmware's build", () => {
  const folder = mkdtempSync(join(tmpdir(), "cpns-firmware-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("knows a folder as a target, on a board or in the SDK's simulator", () => {
    const names = all.map(({ name }) => name);
    for (const name of [
      "esp32/m5stack",
      "esp32/m5stack_core2",
      "esp32/moddable_two",
      "esp32/nodemcu",
      "sim/m5stack",
    ]) {
      assert.ok(names.includes(name), name);
    }
  });

  for (const { name, entry, manifest, simulator } of all) {
    it(`takes into ${name} what its root imports, and nothing else`, async () => {
      const out = join(folder, name.replace("/", "_"));
      const { names, sdk }: { names: string[]; sdk: string[] } = await writeModules(entry, out);
      for (const needed of ["main", "src/pne/pne", "src/ui/ui", "src/device/firmware"]) {
        assert.ok(names.includes(needed), needed);
      }
      const foreign = names.filter((one) =>
        /\/(server|gateway)$|^src\/(server|gateway)|simulator|^@noble|^test/.test(one),
      );
      assert.deepEqual(foreign, []);
      const standIns = names.filter((one) => one.startsWith("hosts/esp32/sdkSimulator/"));
      assert.equal(standIns.length > 0, simulator, `${standIns}`);
      assert.equal(sdk.includes("embedded:io/bluetoothle/peripheral"), !simulator);
      const { preload }: { preload: string[] } = JSON.parse(readFileSync(join(out, "modules.json"), "utf8"));
      assert.deepEqual(
        names.filter((one) => !preload.includes(one)),
        ["main"],
      );
      assert.doesNotThrow(() => JSON.parse(readFileSync(manifest, "utf8")));
    });
  }

  it("pins the memory of boards: nothing grows", () => {
    const { creation } = JSON.parse(readFileSync(join(root, "hosts/esp32/board/manifest.json"), "utf8"));
    assert.equal(creation.static, 0);
    assert.equal(creation.chunk.incremental, 0);
    assert.equal(creation.heap.incremental, 0);
  });

  it("gives the firmware the package's version", () => {
    assert.equal(version, JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version);
  });

  it("says in one line what is missing, and the command that puts it there", () => {
    const { status, line } = firmware(["--target", "esp32/m5stack"], {});
    assert.equal(status, 1);
    assert.match(line, /^cpns: the Moddable SDK is not installed; install it with: npx xs-dev setup\n$/);
    assert.match(
      firmware([], { MODDABLE: "/nowhere" }).line,
      /^cpns: MODDABLE names \/nowhere, where no SDK is; .*\n$/,
    );
  });

  it("never calls firmware encrypted on a chip where ESP-IDF would leave that out", () => {
    assert.match(
      missingHmac("esp32/m5stack", "esp32"),
      /^esp32\/m5stack has the chip esp32, which cannot be built with --encrypted /,
    );
    assert.equal(missingHmac("esp32/m5atom_s3", "esp32s3"), undefined);
  });

  it("says in one line that the SDK does not know a board", () => {
    assert.match(missingBoard({ folder }, "mine"), /^the SDK knows no board 'mine'; .*: ls /);
    mkdirSync(join(folder, "build/devices/esp32/targets/mine"), { recursive: true });
    writeFileSync(join(folder, "build/devices/esp32/targets/mine/manifest.json"), "{}");
    assert.equal(missingBoard({ folder }, "mine"), undefined);
  });

  it("notices a network that the SDK's manifest for a board brings along", () => {
    const line = (name: string): string => `\t$(MODULES_DIR)/${name}.xsb\\\n`;
    const some = ["setup/network", "~.embedded/io/socket/tcp", "~.embedded/network/interface/wifi", "net"];
    assert.deepEqual(networkModules(some.map(line).join("")), some);
    assert.deepEqual(networkModules(["src/device/firmware", "setup/target", "main"].map(line).join("")), []);
  });

  it("sends no memory to the serial port when it crashes, and watches for steps that hang", () => {
    for (const profile of ["sdkconfig", "sdkconfig-encrypted"]) {
      const file = join(root, "hosts/esp32/board", profile, "sdkconfig.defaults");
      const options = readFileSync(file, "utf8").split("\n");
      for (const option of ["CONFIG_ESP_COREDUMP_ENABLE_TO_NONE=y", "CONFIG_ESP_TASK_WDT_PANIC=y"])
        assert.ok(options.includes(option), `${profile}: ${option}`);
    }
  });

  it("says in one line which targets there are, and which options", () => {
    assert.match(
      firmware(["--target", "esp32/none"], {}).line,
      /^cpns: no target 'esp32\/none'; one of .*esp32\/m5stack.*\n$/,
    );
    assert.match(firmware(["--loud"], {}).line, /^cpns: '--loud' is not known; usage: .*\n$/);
    assert.match(firmware(["--target", "sim/m5stack"], {}).line, /firmware:sim\n$/);
  });
});

describe("the mended copy of the SDK's BLE server", () => {
  it("passes a notification's completion on, and is left alone where nothing is to mend", () => {
    const before =
      'notify(characteristic, value) { return native("xs_gattserverconnection_notify").call(this, characteristic, value); }';
    const { text, found } = mend("bleserver.js", `class A { ${before} }`);
    assert.equal(found, 1);
    assert.match(text, /characteristic, value, callback\); }/);
    assert.deepEqual(mend("bleserver.js", "class A {}"), { text: "class A {}", found: 0, known: 1 });
  });

  const known: Readonly<Record<string, readonly (readonly [string, string, string])[]>> = mends;

  it("asks in its C whether there is a connection, each time before it is used", () => {
    assert.equal(known["bleserver.c"]?.length, 6);
    for (const [what, before, after] of known["bleserver.c"] ?? []) {
      const { text, found } = mend("bleserver.c", before);
      assert.equal(found, 1, what);
      assert.equal(text, after);
      assert.ok(!/C_NULL|if \(c\)/.test(before) && /C_NULL ==|if \(c\)/.test(after), what);
    }
  });

  it("finds every fault that it knows in the SDK, where that is installed", function () {
    const { MODDABLE } = process.env;
    if (MODDABLE === undefined || MODDABLE === "") {
      process.stderr.write(
        "skipped: faults of the SDK's BLE server, because MODDABLE is not set; install the Moddable SDK with: npx xs-dev setup\n",
      );
      this.skip();
    }
    for (const name of Object.keys(known)) {
      const source: string = readFileSync(join(MODDABLE, "modules/io/ble/server/esp32", name), "utf8");
      assert.equal(mend(name, source).found, known[name]?.length, name);
    }
  });
});
