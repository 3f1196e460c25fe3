// The targets are the folders of hosts/esp32/targets: each holds a manifest, its list of modules and a composition root.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup.mjs";

const folder = join(root, "hosts/esp32/targets");
/** Beginnings of folders, and of names, of what is no board. */
const kinds = Object.freeze({ sim_: "sim", emulator_: "emulator" });
/** Ends of names of chips in an emulator: what they have besides, and their tests' folder by it. */
const forms = Object.freeze({ _ble: "bluetooth", _console: "console" });
/** The SDK's boards for an emulated chip that has no board of its own name there. */
const boardsOfChips = Object.freeze({ esp32: "nodemcu" });

/** Every target by its name: "esp32/m5stack", "sim/m5stack", "emulator/esp32c3_ble". */
export function targets() {
  const found = new Map();
  for (const name of readdirSync(folder).sort()) {
    if (!existsSync(join(folder, name, "target.ts"))) continue;
    const begin = Object.keys(kinds).find((one) => name.startsWith(one)) ?? "";
    const kind = kinds[begin] ?? "esp32";
    const own = name.slice(begin.length);
    const emulator = kind === "emulator";
    const end = emulator ? Object.keys(forms).find((one) => own.endsWith(one)) : undefined;
    const chip = end === undefined ? own : own.slice(0, -end.length);
    const board = (emulator && boardsOfChips[chip]) || chip;
    found.set(`${kind}/${own}`, {
      name: `${kind}/${own}`,
      board,
      /** Of an emulator's target. */
      chip: emulator ? chip : undefined,
      simulator: kind === "sim",
      emulator,
      /** Of a chip in an emulator: "_ble", "_console" or nothing, and the folder of its tests. */
      form: end ?? "",
      tests: forms[end] ?? ".",
      bluetooth: end === "_ble",
      console: end === "_console",
      /** As mcconfig knows it. */
      platform: `${emulator ? "esp32" : kind}/${board}`,
      /** The composition root, by its module's name. */
      entry: `hosts/esp32/targets/${name}/target`,
      manifest: join(folder, name, "manifest.json"),
      out: join(root, "build/firmware", name),
    });
  }
  return found;
}

/** The applications that a device can be built with: folders of apps/ with a manifest of their own. */
export const applications = () =>
  readdirSync(join(root, "apps"), { withFileTypes: true })
    .filter((one) => one.isDirectory() && existsSync(join(root, "apps", one.name, "esp32")))
    .map(({ name }) => name)
    .sort();

/** The same target with an application, in a folder of its own. */
export const withApplication = (target, name) => ({
  ...target,
  application: name,
  out: join(target.out, `with-${name}`),
});
