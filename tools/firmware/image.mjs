// What ESP-IDF makes of the firmware, below a target's folder: that this run made it, and that it fits.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup.mjs";
import { program } from "./build.mjs";

const image = "xs_esp32";

/** Where ESP-IDF builds for a target, or undefined before the first build. `kind`: "release" or "debug". */
function folderOf({ out, board }, kind) {
  const folder = join(out, "tmp/esp32", board, kind, program);
  const project = existsSync(folder) && readdirSync(folder).find((name) => name.startsWith("xsProj-"));
  return project ? join(folder, project, "build") : undefined;
}

/**
 * Before a build. The SDK's make goes on when ESP-IDF fails, and would hand out the image of an earlier run; and it
 * takes ESP-IDF for configured when sdkconfig.h is there, though CMake failed after it was written.
 */
export function forgetImage(target, kind) {
  const folder = folderOf(target, kind);
  if (folder === undefined) return;
  for (const end of ["elf", "bin"]) rmSync(join(folder, `${image}.${end}`), { force: true });
  if (!existsSync(join(folder, "CMakeCache.txt")))
    rmSync(join(folder, "config/sdkconfig.h"), { force: true });
}

/** After a build: the image in octets, or undefined when ESP-IDF made none. */
export function imageOctets(target, kind) {
  const folder = folderOf(target, kind);
  const file = folder && join(folder, `${image}.bin`);
  return file !== undefined && existsSync(file) ? statSync(file).size : undefined;
}

/** The last block of a place is where the head of an image waits for the switch (system/c/cpnsUpdate.c). */
const headBlock = 4096;

/** Octets that an image may have in the smallest place for firmware of the boards' partition table. */
export function placeOctets(table = readFileSync(join(root, "hosts/esp32/board/partitions.csv"), "utf8")) {
  const rows = table.split("\n").map((line) => line.split(",").map((one) => one.trim()));
  return Math.min(...rows.filter(([, type]) => type === "app").map((row) => Number(row[4]))) - headBlock;
}
