import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { version } from "../../hosts/esp32/version.js";
import { espImageFault } from "../../hosts/factory/espImage.js";
import { espImage } from "../hosts/factory/espImages.js";

const root = join(import.meta.dirname, "../../..");
const tool = async (name: string) => await import(pathToFileURL(join(root, "tools/firmware", name)).href);

interface Target {
  readonly name: string;
  readonly entry: string;
  readonly manifest: string;
  readonly simulator: boolean;
  readonly emulator: boolean;
  readonly bluetooth: boolean;
}

const { targets, withApplication } = await tool("targets.mjs");
const { modulesOf } = await tool("modules.mjs");
const { listProblems, wantedLists } = await tool("lists.mjs");
const { findSdk, missingBoard, missingHmac, missingIdf, missingPort } = await tool("sdk.mjs");
const { networkModules, program } = await tool("build.mjs");
const { codeBudget, flashing } = await tool("command.mjs");
const { forgetImage, imageOctets, placeOctets } = await tool("image.mjs");
const all: Target[] = [...targets().values()];

function firmware(args: readonly string[], env: NodeJS.ProcessEnv): { status: number | null; line: string } {
  const own = args.filter((one) => one !== "--sim");
  const code = `import { firmware, simulate } from ${JSON.stringify(join(root, "tools/firmware/command.mjs"))};
    await ${own.length < args.length ? "simulate" : "firmware"}(${JSON.stringify(own)}, { flash: ${args.includes("--flash")} });`;
  const clean = { ...process.env, MODDABLE: "", IDF_PATH: "", ...env };
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { env: clean });
  return { status, line: stderr.toString() };
}

describe("the firmware's build", () => {
  const folder = mkdtempSync(join(tmpdir(), "cpns-firmware-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("says how to flash what it has built, with everything that makes it what it is", () => {
    const target = { name: "esp32/m5stack" };
    assert.equal(flashing(target, []), "npm run flash -- --target esp32/m5stack");
    const args = ["--app", "lamp", "--target", "esp32/m5stack", "--encrypted", "--update-counter", "3"];
    assert.equal(flashing(target, args), `npm run flash -- ${args.join(" ")}`);
  });

  it("gives an application byte code of its own, beside the firmware's", () => {
    const board = targets().get("esp32/m5stack");
    const budgets = { byteCode: 1000, application: 100, console: 10 };
    assert.equal(codeBudget(board, budgets), 1000);
    assert.equal(codeBudget(withApplication(board, "lamp"), budgets), 1100);
    assert.equal(codeBudget({ ...board, console: true }, budgets), 1010);
    const { byteCode, application } = JSON.parse(readFileSync(join(root, "bench/device.json"), "utf8"));
    assert.deepEqual(
      [codeBudget(board), codeBudget(withApplication(board, "lamp"))],
      [byteCode, byteCode + application],
    );
  });

  it("knows a folder as a target, on a board, in the SDK's simulator or in an emulator", () => {
    const names = all.map(({ name }) => name);
    for (const name of [
      "esp32/m5stack",
      "esp32/m5stack_core2",
      "esp32/moddable_two",
      "esp32/nodemcu",
      "sim/m5stack",
      "emulator/esp32",
      "emulator/esp32c3",
      "emulator/esp32c3_ble",
      "emulator/esp32c3_console",
    ]) {
      assert.ok(names.includes(name), name);
    }
  });

  for (const { name, entry, simulator, emulator, bluetooth } of all) {
    it(`takes into ${name} what its root imports, and nothing of anybody else`, () => {
      const { names, sdk }: { names: string[]; sdk: string[] } = modulesOf(entry);
      for (const needed of [entry, "src/pne/pne", "src/ui/ui", "src/device/firmware"]) {
        assert.ok(names.includes(needed), needed);
      }
      const foreign = names.filter((one) =>
        /\/(server|gateway)$|^src\/(server|gateway)|hosts\/simulator|^test/.test(one),
      );
      assert.deepEqual(foreign, []);
      const twin = names.filter((one) => one.startsWith("hosts/esp32/sdkSimulator/"));
      const radio = (!simulator && !emulator) || bluetooth;
      assert.equal(twin.length > 0, simulator || emulator, `${twin}`);
      assert.equal(names.includes("hosts/esp32/sdkSimulator/tcpLink"), !radio);
      assert.equal(names.includes("hosts/esp32/emulator/emulator"), emulator);
      assert.equal(sdk.includes("embedded:io/bluetoothle/peripheral"), radio);
    });
  }

  it("is a manifest.json in the project's root for plain mcconfig, with each target by its name", () => {
    const read = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));
    const { platforms }: { platforms: Record<string, { include?: string; error?: string }> } =
      read("manifest.json");
    const folderOf = (name: string): string | undefined =>
      /\/targets\/(\w+)\/manifest\.json$/.exec(platforms[name]?.include ?? "")?.[1];
    const wanted = all.flatMap(({ name, emulator }) => {
      if (emulator) return [];
      const board = name.slice(name.indexOf("/") + 1);
      return name.startsWith("sim/") ? ["lin", "mac", "win"].map((host) => `${host}/${board}`) : [name];
    });
    assert.deepEqual(Object.keys(platforms).sort(), [...wanted, "lin", "..."].sort());
    for (const platform of wanted) {
      const board = platform.slice(platform.indexOf("/") + 1);
      assert.equal(folderOf(platform), platform.startsWith("esp32/") ? board : `sim_${board}`);
    }
    assert.match(platforms["..."]?.error ?? "", /no target for this platform; .*PORTING/);
    for (const { entry, manifest } of all)
      assert.equal(JSON.parse(readFileSync(manifest, "utf8")).creation.main, entry);
  });

  it("has every module that its targets import in the lists of their manifests, and no other", () => {
    assert.deepEqual(listProblems(), []);
  });

  it("gives every target, by the lists that its manifest includes, all that its root imports", () => {
    const listed = (file: string): string[] => {
      const { include = [], modules = {} } = JSON.parse(readFileSync(file, "utf8"));
      if (file.endsWith("/modules.json")) return Object.keys(modules);
      const own: string[] = [include].flat().filter((one: string) => one.startsWith("."));
      return own.flatMap((one) => listed(join(file, "..", one)));
    };
    for (const { name, entry, manifest } of all) {
      const has = new Set(listed(manifest));
      const { names }: { names: string[] } = modulesOf(entry);
      assert.deepEqual(
        names.filter((one) => !has.has(one)),
        [],
        name,
      );
    }
  });

  it("notices a module that is missing in a list, is there for nothing, or has another path", () => {
    const wanted: Map<string, { modules: Record<string, string>; preload: string[] }> = wantedLists();
    const [file, list] = [...wanted].find(([one]) => one.endsWith("esp32/modules.json")) ?? assert.fail();
    const seen = (change: (list: { modules: Record<string, string>; preload: string[] }) => void) =>
      listProblems(new Map([[file, list]]), () => {
        const copy = structuredClone(list);
        change(copy);
        return copy;
      });
    assert.deepEqual(
      seen(() => {}),
      [],
    );
    const where = "hosts/esp32/modules.json";
    assert.deepEqual(
      seen(({ modules }) => delete modules["src/pne/pne"]),
      [`${where} lacks src/pne/pne`],
    );
    assert.deepEqual(
      seen(({ modules }) => {
        modules["src/pne/nobody"] = "../../src/pne/nobody";
      }),
      [`${where} has src/pne/nobody, which nothing there imports`],
    );
    assert.deepEqual(
      seen(({ modules }) => {
        modules["src/pne/pne"] = "../../src/pne/view";
      }),
      [`${where} lacks src/pne/pne`],
    );
    assert.deepEqual(
      seen(({ preload }) => preload.pop()),
      [`${where}: preload is out of step`],
    );
  });

  it("preloads everything but a target's root, so that it costs no RAM", () => {
    const lists: { modules: Record<string, string>; preload: string[] }[] = [...wantedLists().values()];
    const roots = lists.flatMap(({ modules, preload }) =>
      Object.keys(modules).filter((name) => !preload.includes(name)),
    );
    assert.deepEqual(roots.sort(), all.map(({ entry }) => entry).sort());
  });

  it("takes a console into a board by a manifest alone: no target has any of it", () => {
    for (const { entry, name } of all) {
      const { names, sdk } = modulesOf(entry);
      assert.ok(names.includes("hosts/esp32/system/switchOn"), name);
      assert.ok(!names.some((one: string) => one.includes("/console/")), name);
      assert.ok(!sdk.includes("embedded:io/serial"), name);
    }
    const read = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));
    assert.ok("src/device/console/console" in read("hosts/esp32/console/modules.json").modules);
    assert.deepEqual(read("manifest-console.json").include, [
      "./manifest.json",
      "./hosts/esp32/console/manifest.json",
    ]);
    // What every target starts by is left out, and the console's takes its name; both look the same from outside.
    const { modules, platforms, creation } = read("hosts/esp32/console/manifest.json");
    assert.deepEqual(modules["~"], ["../system/switchOn"]);
    assert.equal(modules["hosts/esp32/system/switchOn"], "./switchOn");
    assert.ok("hosts/esp32/system/switchOn" in read("hosts/esp32/modules.json").modules);
    const imports = [
      ...readFileSync(join(root, "hosts/esp32/console/switchOn.ts"), "utf8").matchAll(/from "(\.[^"]+)"/g),
    ];
    assert.ok(imports.length > 3 && imports.every(([, path]) => path?.startsWith("../")));
    assert.equal(creation.chunk.incremental + creation.heap.incremental, 0);
    // USB hangs on other pins of other chips than the first one.
    const others = Object.keys(platforms).sort();
    const board = all.filter(({ name }) => name.startsWith("esp32/")).map(({ name }) => name);
    assert.deepEqual(
      others,
      board.filter((name) => !/has an ESP32$/.test(espImageFault(espImage({ chip: 12 }), name) ?? "")).sort(),
    );
    assert.ok(others.length > 4);
  });

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

  it("says in one line which SDK, which ESP-IDF and which port it has not found", () => {
    const before = { ...process.env };
    const sdk = join(folder, "sdk");
    const idf = join(folder, "idf");
    for (const one of [join(sdk, "modules"), join(sdk, "tools"), join(idf, "components")])
      mkdirSync(one, { recursive: true });
    const version = (text: string): void => writeFileSync(join(sdk, "tools/VERSION"), text);
    const path = (name: string, value: string): void => {
      process.env[name] = value;
    };
    try {
      path("MODDABLE", sdk);
      version("7.4.0\n");
      assert.match(
        findSdk().missing,
        /^the Moddable SDK is 7\.4\.0, but 8\.x is needed; .*: npx xs-dev update$/,
      );
      version("8.2.3\n");
      assert.match(findSdk().missing, /^the Moddable SDK's tools are not built; .*: npx xs-dev setup$/);
      path("IDF_PATH", "");
      assert.match(
        missingIdf(),
        /^ESP-IDF is not installed \(IDF_PATH\); .*: npx xs-dev setup --device esp32$/,
      );
      path("IDF_PATH", join(folder, "none"));
      assert.match(missingIdf(), /^IDF_PATH names .*none, where no ESP-IDF is; .*--device esp32$/);
      path("IDF_PATH", idf);
      path("GIT_CEILING_DIRECTORIES", folder);
      assert.match(
        missingIdf(),
        /^ESP-IDF is of no known version, but v6\.0 is needed; .*: npx xs-dev update /,
      );
      path("UPLOAD_PORT", join(folder, "ttyUSB0"));
      assert.match(missingPort(), /^there is no port .*ttyUSB0; connect the board, .*: npx xs-dev scan$/);
      path("UPLOAD_PORT", sdk);
      assert.equal(missingPort(), undefined);
    } finally {
      process.env = before;
    }
  });

  it("takes no module that the SDK's linker finds unfit for flash, though that only warns", () => {
    const build = join(root, "tools/firmware/build.mjs");
    const linked = (said: string) => {
      const tool = `console.log("made"); console.error(${JSON.stringify(said)})`;
      const code = `import { notPreloaded, run } from ${JSON.stringify(build)};
        run("linking", process.execPath, ["-e", ${JSON.stringify(tool)}], { refuses: notPreloaded });`;
      return spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
    };
    assert.equal(linked("4528 instances").status, 0);
    for (const why of ["not frozen", "no const"]) {
      const { status, stderr } = linked(`src/pne/text.js: table: ${why}`);
      assert.equal(status, 1);
      assert.match(stderr, new RegExp(`^src/pne/text.js: table: ${why}\ncpns: linking failed$`, "m"));
    }
  });

  it("notices a network that the SDK's manifest for a board brings along", () => {
    const line = (name: string): string => `\t$(MODULES_DIR)/${name}.xsb\\\n`;
    const some = ["setup/network", "~.embedded/io/socket/tcp", "~.embedded/network/interface/wifi", "net"];
    assert.deepEqual(networkModules(some.map(line).join("")), some);
    assert.deepEqual(networkModules(["src/device/firmware", "setup/target", "main"].map(line).join("")), []);
  });

  it("takes no image of an earlier run for its own, and no configuration whose CMake failed", () => {
    const target = { out: join(folder, "out"), board: "mine" };
    forgetImage(target, "release");
    assert.equal(imageOctets(target, "release"), undefined);
    const idf = join(target.out, "tmp/esp32/mine/release", program, "xsProj-esp32c3/build");
    mkdirSync(join(idf, "config"), { recursive: true });
    const [elf, header] = [join(idf, "xs_esp32.elf"), join(idf, "config/sdkconfig.h")];
    for (const file of [elf, header, join(idf, "CMakeCache.txt")]) writeFileSync(file, "");
    writeFileSync(join(idf, "xs_esp32.bin"), new Uint8Array(7));
    assert.equal(imageOctets(target, "release"), 7);
    assert.equal(imageOctets(target, "debug"), undefined);
    forgetImage(target, "release");
    assert.equal(imageOctets(target, "release"), undefined);
    assert.deepEqual([existsSync(elf), existsSync(header)], [false, true]);
    rmSync(join(idf, "CMakeCache.txt"));
    forgetImage(target, "release");
    assert.equal(existsSync(header), false);
  });

  it("knows how much room there is for an image", () => {
    assert.equal(placeOctets(), 0x1ef000);
    const update = readFileSync(join(root, "hosts/esp32/system/c/cpnsUpdate.h"), "utf8");
    assert.match(update, /^#define CPNS_UPDATE_BLOCK 4096$/m);
    assert.equal(
      placeOctets("# a\nnvs, data, nvs, 0, 1\na, app, ota_0, 0, 0x3000\nb, app, ota_1, 0, 0x2000\n"),
      0x1000,
    );
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
      /^cpns: no target 'esp32\/none'; one of (esp32\/\w+(, |\n$))+/,
    );
    assert.match(
      firmware(["--sim", "--target", "sim/none"], {}).line,
      /^cpns: no target 'sim\/none'; one of sim\/m5stack, sim\/moddable_two\n$/,
    );
    assert.match(firmware(["--loud"], {}).line, /^cpns: '--loud' is not known; usage: .*\n$/);
    assert.match(firmware(["--target", "sim/m5stack"], {}).line, /firmware:sim\n$/);
    for (const other of ["--debug", "--encrypted"])
      assert.match(
        firmware(["--console", other], {}).line,
        new RegExp(`^cpns: --console and ${other} .*\n$`),
      );
    for (const [option, value] of [
      ["--update-key", "02ab"],
      ["--update-key", `02${"00".repeat(31)}01`],
      ["--update-counter", "-1"],
      ["--update-counter", "1.5"],
    ] as const) {
      const { status, line } = firmware([option, value], {});
      assert.equal(status, 2);
      assert.match(line, new RegExp(`^cpns: ${option} takes .*npm run firmware:sign.*\n$`));
    }
  });
});
