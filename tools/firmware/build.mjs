// Compiles a target by the SDK's mcconfig.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { fail } from "../setup.mjs";
import { writeModules } from "./modules.mjs";

export const environment = (sdk, more = {}) => ({
  ...process.env,
  MODDABLE: sdk.folder,
  PATH: `${process.env.PATH}${delimiter}${sdk.bin}`,
  ...more,
});

/** Writes JavaScript and manifest; returns the module names. */
export async function prepare(target) {
  mkdirSync(join(target.out, "out"), { recursive: true });
  const made = await writeModules(target.entry, target.out);
  const manifest = { include: [target.manifest, "./modules.json"] };
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
  await prepare(target);
  const values = Object.entries(config).map(([key, value]) => `${key}=${value}`);
  const args = ["-dn", "-m", "-p", `lin/${target.board}`, "-t", "build", "-o", join(target.out, "out")];
  run(`building ${target.name}`, "mcconfig", [...args, "./manifest.json", ...values], {
    cwd: target.out,
    env: environment(sdk),
  });
  return join(target.out, "out/bin/lin", target.board, "debug", basename(target.out), "mc.so");
}

/**
 * Without ESP-IDF: compiles every module, links and strips them (xsl), and packs the resources, so that all is seen that
 * can fail before C. Returns the octets of byte code that go into flash.
 */
export async function linkOnly(target, sdk) {
  const made = await prepare(target);
  const idf = join(target.out, "no-idf");
  mkdirSync(join(idf, "components"), { recursive: true });
  const env = environment(sdk, { IDF_PATH: idf, IDF_VERSION: "v6.0" });
  const options = { cwd: target.out, env };
  const args = ["-p", `esp32/${target.board}`, "-o", join(target.out, "out"), "./manifest.json"];
  run(`making the makefile of ${target.name}`, "mcconfig", args, options);
  const tmp = join(target.out, "out/tmp/esp32", target.board, "release", basename(target.out));
  const make = ["-f", join(tmp, "makefile"), "IDF_VERSION=v6.0"];
  run(
    `compiling and linking ${target.name}`,
    "make",
    [...make, join(tmp, "mc.xs.c"), join(tmp, "mc.resources.c")],
    options,
  );
  return { ...measure(tmp), modules: made.names.length };
}

/** Of what xsl and mcrez wrote: byte code of the modules, and resources. */
function measure(tmp) {
  const size = (file) => (existsSync(file) ? arrayOctets(readFileSync(file, "utf8")) : 0);
  return { byteCode: size(join(tmp, "mc.xs.c")), resources: size(join(tmp, "mc.resources.c")) };
}

function arrayOctets(text) {
  let octets = 0;
  for (const [, body] of text.matchAll(
    /static (?:const )?(?:txU1|txByte|uint8_t|unsigned char)[^{;]*=\s*{([^}]*)}/g,
  )) {
    octets += (body.match(/0x[0-9a-fA-F]+|\b\d+\b/g) ?? []).length;
  }
  return octets;
}
