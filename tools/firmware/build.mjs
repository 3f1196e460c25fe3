// Compiles a target by the SDK's mcconfig.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { fail } from "../setup.mjs";
import { blePeripheral, writeBle } from "./ble.mjs";
import { writeModules } from "./modules.mjs";

export const environment = (sdk, more = {}) => ({
  ...process.env,
  MODDABLE: sdk.folder,
  PATH: `${process.env.PATH}${delimiter}${sdk.bin}`,
  ...more,
});

/** Writes JavaScript and manifest; returns the module names. `build`: the manifest's, over the target's own. */
export async function prepare(target, sdk, build = {}) {
  mkdirSync(join(target.out, "out"), { recursive: true });
  const made = await writeModules(target.entry, target.out);
  const include = [target.manifest, "./modules.json"];
  if (made.sdk.includes(blePeripheral)) include.push(writeBle(sdk, target.out));
  // What is included last has the last word.
  writeFileSync(join(target.out, "build.json"), JSON.stringify({ build }));
  const manifest = { include: [...include, "./build.json"] };
  writeFileSync(join(target.out, "manifest.json"), JSON.stringify(manifest, undefined, 2));
  return made;
}

/** Runs a tool in the target's folder; its last lines are shown when it fails. */
export function run(title, command, args, options) {
  process.stderr.write(`cpns: ${title} …\n`);
  const result = spawnSync(command, args, { ...options, encoding: "utf8", maxBuffer: 1 << 28 });
  if (result.status === 0) return result.stdout;
  const said = `${result.stdout ?? ""}${result.stderr ?? ""}`.trimEnd().split("\n");
  const lines = said.filter((line) => /error|Error|### |undefined|fail/.test(line));
  process.stderr.write(`${(lines.length > 0 ? lines : said).slice(-15).join("\n")}\n`);
  return fail(`${title} failed`);
}

/** Builds a target of the SDK's simulator; returns the library that mcsim runs. `config`: for `mc/config`. */
export async function buildSimulator(target, sdk, config = {}) {
  await prepare(target, sdk);
  const values = Object.entries(config).map(([key, value]) => `${key}=${value}`);
  const args = ["-dn", "-m", "-p", `lin/${target.board}`, "-t", "build", "-o", join(target.out, "out")];
  run(`building ${target.name}`, "mcconfig", [...args, "./manifest.json", ...values], {
    cwd: target.out,
    env: environment(sdk),
  });
  return join(target.out, "out/bin/lin", target.board, "debug", basename(target.out), "mc.so");
}

/** Modules of the SDK that a board's own manifest brings along, and that no device needs: it talks by its radio alone. */
const network = /MODULES_DIR\)\/(setup\/network|(?:\S*[/.])?(?:socket|wifi|net|sntp)(?:\/\S*)?)\.xsb/g;

/** The network modules of a makefile by name, each once. */
export const networkModules = (makefile) => [
  ...new Set([...makefile.matchAll(network)].map(([, name]) => name)),
];

/** Writes a release's makefile, without ESP-IDF; returns its folder, the chip by ESP-IDF's name, and what to run with. */
function makeMakefile(target, sdk) {
  const idf = join(target.out, "no-idf");
  mkdirSync(join(idf, "components"), { recursive: true });
  const options = { cwd: target.out, env: environment(sdk, { IDF_PATH: idf, IDF_VERSION: "v6.0" }) };
  const args = ["-p", `esp32/${target.board}`, "-o", join(target.out, "out"), "./manifest.json"];
  run(`making the makefile of ${target.name}`, "mcconfig", args, options);
  const tmp = join(target.out, "out/tmp/esp32", target.board, "release", basename(target.out));
  const makefile = readFileSync(join(tmp, "makefile"), "utf8");
  const unused = networkModules(makefile);
  if (unused.length > 0)
    process.stderr.write(
      `cpns: ${target.name} has network modules in flash; leave them out as m5stack_core2 does: ${unused}\n`,
    );
  const chip = /^ESP32_SUBCLASS = (\w+)$/m.exec(makefile)?.[1];
  return { tmp, chip: chip ?? "esp32", options };
}

/** The board's chip by ESP-IDF's name: "esp32", "esp32s3". */
export async function chipOf(target, sdk) {
  await prepare(target, sdk);
  return makeMakefile(target, sdk).chip;
}

/**
 * Without ESP-IDF: compiles every module, links and strips them (xsl), and packs the resources, so that all is seen that
 * can fail before C. Returns the octets of byte code that go into flash.
 */
export async function linkOnly(target, sdk, build = {}) {
  const made = await prepare(target, sdk, build);
  const { tmp, chip, options } = makeMakefile(target, sdk);
  // ESP-IDF would make it of sdkconfig; the modules do not read it.
  const header = join(tmp, `xsProj-${chip}/build/config/sdkconfig.h`);
  mkdirSync(dirname(header), { recursive: true });
  writeFileSync(header, "");
  const make = ["-o", header, "-f", join(tmp, "makefile"), "IDF_VERSION=v6.0"];
  run(
    `compiling and linking ${target.name}`,
    "make",
    [...make, join(tmp, "mc.xs.c"), join(tmp, "mc.resources.c")],
    options,
  );
  return { ...measure(tmp), modules: made.names.length, resourcesFile: join(tmp, "mc.resources.c") };
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
