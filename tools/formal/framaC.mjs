// Frama-C's Eva over the device's C (formal/memory/calls.c): no access outside of memory, no undefined operation.
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail, root } from "../setup.mjs";
import { inFolder, output, works } from "./process.mjs";

const calls = join(root, "formal/memory/calls.c");
const device = join(root, "hosts/esp32/crypto/c");
const sdk = join(root, "test/hosts/esp32/crypto/core/sdk");

export const missing = () =>
  works("frama-c", ["-version"])
    ? undefined
    : "frama-c is not installed; `apt-get install frama-c-base` puts it there";

/** The longest loop of these files is the wiping of the stack's largest frame. */
const precise = ["-eva-precision", "2", "-eva-auto-loop-unroll", "4096", "-eva-no-show-progress"];

/** A copy of the device's C in which one thing is another. */
function change(folder, { in: file, replace, by }) {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  if (text.split(replace).length !== 2) fail(`'${replace}' does not stand once in ${file}`);
  writeFileSync(
    path,
    text.replace(replace, () => by),
  );
}

/** Verdicts by property, which are entries of calls.c: proven when Eva raises no alarm in what it has reached. */
export async function run({ model, variant, change: changed, claims }) {
  const found = new Map();
  for (const { property } of claims) {
    await inFolder(async (here) => {
      cpSync(device, here, { recursive: true });
      if (variant !== undefined) change(here, changed);
      const flags = ["-main", property, `-cpp-extra-args=-I${here} -I${sdk} -D__linux__`];
      const files = [...model.entries[property].map((name) => join(here, name)), calls];
      const foreign = (model.foreign?.[property] ?? []).map((name) => join(sdk, name));
      const { text } = await output("frama-c", ["-eva", ...precise, ...flags, ...files, ...foreign], here);
      const alarms = /^\s*(\d+) alarms? generated/m.exec(text);
      if (alarms === null) process.stderr.write(`cpns: ${text.trim().split("\n").slice(-3).join("\n")}\n`);
      else found.set(property, alarms[1] === "0" ? "proven" : "refuted");
    });
  }
  return found;
}
