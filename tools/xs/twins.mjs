// Modules of the device as a board has them (tools/boardCode.mjs), in build/xs/board, where the host of the tests on XS
// looks first. What was built since is made anew.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { forBoard } from "../boardCode.mjs";

const build = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "build");
const twins = join(build, "xs/board");
const tops = ["src", "apps", "hosts/esp32"];

const modules = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".js"))
    .map((entry) => join(entry.parentPath, entry.name));

const changed = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

export function makeTwins() {
  for (const top of tops) {
    const folder = join(twins, top);
    mkdirSync(folder, { recursive: true });
    const left = new Set(modules(folder));
    for (const file of modules(join(build, top))) {
      const twin = file.replace(build, twins);
      left.delete(twin);
      if (changed(twin) > changed(file)) continue;
      mkdirSync(dirname(twin), { recursive: true });
      // Tests that run at the same time see a whole file.
      writeFileSync(`${twin}.${process.pid}`, forBoard(readFileSync(file, "utf8")));
      renameSync(`${twin}.${process.pid}`, twin);
    }
    for (const file of left) rmSync(file, { force: true });
  }
}
