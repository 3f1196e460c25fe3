// Calls the SDK's mcconfig on the project's manifest.json, as a maker would by hand, and measures what comes of it.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { fail, root } from "../setup.mjs";
import { boardConfiguration, lostConfiguration, takenConfiguration } from "./sdkconfig.mjs";

/** With the SDK's tools, and the project's own TypeScript before any other. */
export const environment = (sdk, more = {}) => ({
  ...process.env,
  MODDABLE: sdk.folder,
  PATH: [join(root, "node_modules/.bin"), process.env.PATH, sdk.bin].join(delimiter),
  ...more,
});

/**
 * The same for a target's build. The SDK's main.c names ESP-IDF's header of the controller wherever there is Bluetooth,
 * also where the controller is disabled, and ESP-IDF then leaves its folder out.
 */
export function buildEnvironment(target, sdk) {
  if (!target.bluetooth) return environment(sdk);
  const headers = join(process.env.IDF_PATH ?? "", "components/bt/include", target.board, "include");
  return environment(sdk, { C_INCLUDE_PATH: headers });
}

/** What mcconfig calls the program, after the folder of the manifest. */
export const program = basename(root);

/** Lines of tools that say why. */
const failing = /error|Error|### |undefined|fail/;
/** Of a preloaded module, what xsl only warns of: it takes RAM on the device, or fails there. */
export const notPreloaded = /: (not frozen|no const)$/;

/** Runs a tool; its last lines are shown when it fails, or has said what `refuses` matches. */
export function run(title, command, args, { refuses, ...options }) {
  process.stderr.write(`cpns: ${title} …\n`);
  const result = spawnSync(command, args, { ...options, encoding: "utf8", maxBuffer: 1 << 28 });
  const said = `${result.stdout ?? ""}${result.stderr ?? ""}`.trimEnd().split("\n");
  const refused = said.filter((line) => refuses?.test(line));
  if (result.status === 0 && refused.length === 0) return result.stdout;
  const lines = refused.length > 0 ? refused : said.filter((line) => failing.test(line));
  process.stderr.write(`${(lines.length > 0 ? lines : said).slice(-15).join("\n")}\n`);
  return fail(`${title} failed`);
}

/** mcconfig's arguments for a target; what it makes goes below the target's folder in build/. */
export function mcconfigArguments(target, options = []) {
  mkdirSync(target.out, { recursive: true });
  return [...options, "-m", "-p", target.platform, "-o", target.out, ...manifestOf(target)];
}

/** The project's own manifest unless told; with an application, one that brings both, under the name of the program. */
function manifestOf(target) {
  const kind = ["emulator", "encrypted", "console"].find((one) => target[one] === true);
  const own =
    kind === undefined ? "manifest.json" : `manifest-${kind}${(target.form ?? "").replace("_", "-")}.json`;
  if (target.application === undefined) return own === "manifest.json" ? [] : [join(root, own)];
  const folder = join(target.out, "manifest", program);
  mkdirSync(folder, { recursive: true });
  // The one that boards name is below the folder of the first manifest.
  const typescript = { compiler: `node ${join(root, "tools/device/compile.mjs")}` };
  const include = [join(root, own), join(root, "apps", target.application, "manifest.json")];
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ include, typescript }));
  return [join(folder, "manifest.json")];
}

/** Builds a target of the SDK's simulator; returns the library that mcsim runs. `config`: for `mc/config`. */
export function buildSimulator(target, sdk, config = {}) {
  const values = Object.entries(config).map(([key, value]) => `${key}=${value}`);
  const args = [...mcconfigArguments(target, ["-dn"]), "-t", "build", ...values];
  run(`building ${target.name}`, "mcconfig", args, { cwd: root, env: environment(sdk) });
  return simulatorLibrary(target);
}

export const simulatorLibrary = (target) =>
  join(target.out, "bin/lin", target.board, "debug", program, "mc.so");

/** Modules of the SDK that a board's own manifest brings along, and that no device needs: it talks by its radio alone. */
const network = /MODULES_DIR\)\/(setup\/network|(?:\S*[/.])?(?:socket|wifi|net|sntp)(?:\/\S*)?)\.xsb/g;

/** The network modules of a makefile by name, each once. */
export const networkModules = (makefile) => [
  ...new Set([...makefile.matchAll(network)].map(([, name]) => name)),
];

/**
 * Writes a release's makefile, without ESP-IDF and in a folder of its own: a real build must not take what is missing
 * here for made. Returns its folder, the chip by ESP-IDF's name, and what to run with.
 */
function makeMakefile(target, sdk) {
  const out = join(target.out, "link");
  const idf = join(out, "no-idf");
  mkdirSync(join(idf, "components"), { recursive: true });
  const options = { cwd: root, env: environment(sdk, { IDF_PATH: idf, IDF_VERSION: "v6.0" }) };
  run(
    `making the makefile of ${target.name}`,
    "mcconfig",
    ["-p", target.platform, "-o", out, ...manifestOf(target)],
    options,
  );
  const tmp = join(out, "tmp/esp32", target.board, "release", program);
  const makefile = readFileSync(join(tmp, "makefile"), "utf8");
  const unused = networkModules(makefile);
  if (unused.length > 0)
    process.stderr.write(
      `cpns: ${target.name} has network modules in flash; leave them out as m5stack_core2 does: ${unused}\n`,
    );
  const chip = /^ESP32_SUBCLASS = (\w+)$/m.exec(makefile)?.[1] ?? "esp32";
  return { tmp, chip, options, makefile, sdkconfig: join(tmp, `xsProj-${chip}/sdkconfig.mc`) };
}

/** The text of the configuration that ESP-IDF is given for a target: the SDK's, the board's and ours in one. */
export const sdkconfigOf = (target, sdk) => readFileSync(makeMakefile(target, sdk).sdkconfig, "utf8");

/** The same, of a program that has Bluetooth and nothing of ours. `out`: a folder to work in. */
export function bareSdkconfigOf(target, sdk, out) {
  mkdirSync(join(out, "components"), { recursive: true });
  const include = ["examples/manifest_base.json", "modules/io/ble/server/manifest.json"];
  writeFileSync(
    join(out, "manifest.json"),
    JSON.stringify({ include: include.map((one) => `$(MODDABLE)/${one}`) }),
  );
  const options = { cwd: out, env: environment(sdk, { IDF_PATH: out, IDF_VERSION: "v6.0" }) };
  run(`making a bare makefile for ${target.name}`, "mcconfig", ["-p", target.platform, "-o", out], options);
  const tmp = join(out, "tmp/esp32", target.board, "release", basename(out));
  const chip = /^ESP32_SUBCLASS = (\w+)$/m.exec(readFileSync(join(tmp, "makefile"), "utf8"))?.[1] ?? "esp32";
  return readFileSync(join(tmp, `xsProj-${chip}/sdkconfig.mc`), "utf8");
}

/** Ends where ESP-IDF would not get the project's options, or the board's; a makefile that is made already need not be made again. */
export function checkConfiguration(target, sdk, { makefile } = makeMakefile(target, sdk)) {
  const lost = lostConfiguration(target, takenConfiguration(makefile), boardConfiguration(sdk, target.board));
  if (lost !== undefined) fail(lost);
}

/** The board's chip by ESP-IDF's name: "esp32", "esp32s3". */
export const chipOf = (target, sdk) => makeMakefile(target, sdk).chip;

/**
 * Without ESP-IDF: compiles every module, links and strips them (xsl), and packs the resources, so that all is seen that
 * can fail before C. Returns the octets of byte code that go into flash.
 */
export function linkOnly(target, sdk) {
  const made = makeMakefile(target, sdk);
  const { tmp, chip, options, makefile } = made;
  if (target.emulator !== true) checkConfiguration(target, sdk, made);
  // ESP-IDF would make it of sdkconfig; the modules do not read it.
  const header = join(tmp, `xsProj-${chip}/build/config/sdkconfig.h`);
  mkdirSync(dirname(header), { recursive: true });
  writeFileSync(header, "");
  const make = ["-o", header, "-f", join(tmp, "makefile"), "IDF_VERSION=v6.0"];
  run(
    `compiling and linking ${target.name}`,
    "make",
    [...make, join(tmp, "mc.xs.c"), join(tmp, "mc.resources.c")],
    { ...options, refuses: notPreloaded },
  );
  const modules = [...makefile.matchAll(/^\t\$\(MODULES_DIR\)\/\S+\.xsb/gm)].length;
  return { ...measure(tmp), modules, resourcesFile: join(tmp, "mc.resources.c") };
}

/**
 * Of what xsl and mcrez wrote, in octets of flash: byte code of all modules, resources (fonts), and the slots (16 octets
 * each) that hold preloaded modules and XS's own built-ins.
 */
function measure(tmp) {
  const code = readFileSync(join(tmp, "mc.xs.c"), "utf8");
  const resources = readFileSync(join(tmp, "mc.resources.c"), "utf8");
  let byteCode = arrayOctets(code, /static const txU1 gxCode\d+\[\d+\] = {([^}]*)}/g);
  for (const [, literal] of code.matchAll(/\.code = { \(txByte\*\)"([^"]*)"/g))
    byteCode += literal.length / 4;
  const slots = 16 * Number(/#define mxHeapCount (\d+)/.exec(code)?.[1] ?? 0);
  return { byteCode, resources: arrayOctets(resources, /= {([^}]*)}/g), slots };
}

function arrayOctets(text, pattern) {
  let octets = 0;
  for (const [, body] of text.matchAll(pattern)) octets += (body.match(/0x[0-9a-fA-F]{1,2}\b/g) ?? []).length;
  return octets;
}
