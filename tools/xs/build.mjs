// Compiles the XS engine of @agoric/xsnap with the host beside this file to build/xs/, once per digest of what goes in.
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { lower } from "./lower.mjs";
import { makeTwins } from "./twins.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const xs = join(root, "node_modules/@agoric/xsnap/moddable/xs");
const out = join(root, "build/xs");

const definitions = [
  "INCLUDE_XSPLATFORM",
  'XSPLATFORM="platform.h"',
  ...["mxParse", "mxRun", "mxSloppy", "mxNoConsole", "mxMetering", "mxInstrument", "mxLockdown"].map(
    (d) => `${d}=1`,
  ),
  ...["mxRegExpUnicodePropertyEscapes", "mxStringNormalize", "mxMinusZero", "mxBoundsCheck"].map(
    (d) => `${d}=1`,
  ),
];

const widths = { 32: ["-m32", "-msse2", "-mfpmath=sse"], 64: ["-m64"] };

const flags = (width) => [
  "-O2",
  "-fno-common",
  "-fno-strict-aliasing",
  "-w",
  ...widths[width],
  ...definitions.map((definition) => `-D${definition}`),
  ...[join(xs, "includes"), join(xs, "platforms"), join(xs, "sources"), here].map((folder) => `-I${folder}`),
];

/** Of the engine's sources, what a machine needs; the rest belongs to its tools and to its Windows and macOS ports. */
const unused = /^xs(Snapshot|lBase|cBase)\.c$/;

const sources = () => [
  ...readdirSync(join(xs, "sources"))
    .filter((name) => name.endsWith(".c") && !unused.test(name))
    .map((name) => join(xs, "sources", name)),
  ...readdirSync(here)
    .filter((name) => name.endsWith(".c"))
    .map((name) => join(here, name)),
];

const headers = () =>
  ["includes", "platforms", "sources"]
    .flatMap((folder) => readdirSync(join(xs, folder)).map((name) => join(xs, folder, name)))
    .concat(readdirSync(here).map((name) => join(here, name)))
    .filter((file) => file.endsWith(".h"))
    .sort();

function digest(width) {
  const hash = createHash("sha256").update(spawnSync("gcc", ["--version"]).stdout ?? "");
  hash.update(
    flags(width)
      .map((flag) => flag.replace(root, ""))
      .join(" "),
  );
  for (const file of [...sources(), ...headers()])
    hash.update(file.replace(root, "")).update(readFileSync(file));
  return hash.digest("hex");
}

/** Why this machine cannot compile for the width, or undefined. */
function missing(width) {
  if (spawnSync("gcc", ["--version"]).error) {
    return "no C compiler was found; install it with: apt-get install gcc gcc-multilib";
  }
  const probe = spawnSync("gcc", [...widths[width], "-x", "c", "-", "-o", "/dev/null", "-lm"], {
    input: "#include <math.h>\n#include <pthread.h>\nint main(void) { return 0; }\n",
  });
  if (probe.status === 0) return undefined;
  return `the C compiler does not compile for ${width} bits; install what it needs with: apt-get install gcc gcc-multilib`;
}

const run = promisify(execFile);

async function compile(width, folder) {
  const queue = sources();
  const objects = queue.map((file) => join(folder, `${file.slice(file.lastIndexOf("/") + 1, -2)}.o`));
  let next = 0;
  const worker = async () => {
    while (next < queue.length) {
      const index = next++;
      await run("gcc", [...flags(width), "-c", queue[index], "-o", objects[index]]);
    }
  };
  await Promise.all([worker(), worker()]);
  return objects;
}

/**
 * The XS program for 32 bits (slots of 16 octets, as on ESP32) or 64; the widest there is a compiler for, 32 first,
 * when no width is given. Returns { path, width }, or { skipped } with the reason and what to install.
 */
export async function buildXs({ width } = {}) {
  if (width === undefined) {
    const small = await buildXs({ width: 32 });
    if ("path" in small) return small;
    const large = await buildXs({ width: 64 });
    return "path" in large ? large : small;
  }
  const path = join(out, `xs${width}`);
  const skipped = missing(width);
  if (skipped !== undefined) return { skipped };
  await lower();
  makeTwins();
  const stamp = `${path}.digest`;
  const wanted = digest(width);
  if (existsSync(path) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return { path, width };
  const folder = join(out, `objects${width}.${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    const objects = await compile(width, folder);
    const made = join(folder, "xs");
    await run("gcc", [...widths[width], ...objects, "-lm", "-lpthread", "-o", made]);
    rmSync(stamp, { force: true });
    renameSync(made, path);
    writeFileSync(stamp, wanted);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { path, width };
}
