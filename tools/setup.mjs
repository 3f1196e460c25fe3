// Set-up that `npm start`, `npm test` and the rest do by themselves, with nothing but Node's built-ins:
// checks the Node version and installs the locked dependencies when they are not the installed ones.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isInstalledIn } from "./installed.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, "node_modules", ".cpns-lock");

/** One clear line and a non-zero exit, 2 for wrong usage: how every tool here ends when it cannot go on. */
export function fail(message, code = 1) {
  process.stderr.write(`cpns: ${message}\n`);
  process.exit(code);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node ${process.versions.node} is too old: install Node 20.19 or newer, then run this again.`);
  }
}

function lockDigest() {
  const digest = createHash("sha256");
  for (const name of ["package.json", "package-lock.json"]) {
    const file = join(root, name);
    if (!existsSync(file)) fail(`${name} is missing: clone the project again.`);
    digest.update(readFileSync(file));
  }
  return digest.digest("hex");
}

/** Installs with `npm ci` unless the installed tree was made from this very lock file, here or by `npm ci` itself. */
export function setup() {
  checkNode();
  const wanted = lockDigest();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  if (isInstalledIn(root)) return writeFileSync(stamp, wanted);
  process.stderr.write("cpns: installing the locked dependencies (npm ci, once, about 15 s) …\n");
  const started = Date.now();
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (npm.error) fail(`npm could not be started (${npm.error.code}): install npm, then run this again.`);
  if (npm.status !== 0) {
    rmSync(stamp, { force: true });
    fail("npm ci failed (see above): check the network to the npm registry, then run this again.");
  }
  if (!statSync(join(root, "node_modules"), { throwIfNoEntry: false })) fail("npm ci installed nothing.");
  writeFileSync(stamp, wanted);
  process.stderr.write(`cpns: dependencies installed in ${Math.round((Date.now() - started) / 1000)} s\n`);
}
