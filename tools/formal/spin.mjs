// Spin over formal/states/*.pml: the whole state space, one property at a time.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup.mjs";
import { inFolder, output, works } from "./process.mjs";

const folder = join(root, "formal/states");

export function missing() {
  if (!works("spin", ["-V"])) return "spin is not installed; `apt-get install spin` puts it there";
  return works("gcc", ["--version"]) ? undefined : "gcc is not installed, which spin needs";
}

/** No more memory than a small machine has; states are kept whole, so nothing is left out. */
const compiler = ["-w", "-DSAFETY", "-DMEMLIM=3000", "-DVECTORSZ=2048", "-o", "pan", "pan.c"];
/** A state in which nothing more happens is no fault. */
const search = ["-E", "-n", "-m1000000", "-w23"];

async function check(model, variant, properties) {
  const rules = [...properties.map((name) => `PROPERTY_${name}`), ...(variant ? [`BROKEN_${variant}`] : [])];
  const flags = [...(model.with ?? []), ...rules].map((flag) => `-D${flag}`);
  return inFolder(async (here) => {
    // Spin writes its trail beside the model.
    copyFileSync(join(folder, model.file), join(here, "model.pml"));
    const made = await output("spin", [...flags, "-a", "model.pml"], here);
    // What is broken is found soon: there the compiler takes longer than the search.
    const effort = variant === undefined ? "-O1" : "-O0";
    const compiled = made.code === 0 ? await output("gcc", [effort, ...compiler], here) : made;
    if (compiled.code !== 0) return { verdict: "error", said: compiled.text };
    const { text, code } = await output("./pan", search, here);
    if (/assertion violated/.test(text)) return { verdict: "refuted", said: text };
    const cut = /max search depth too small|out of memory|memory limit|aborted/i.test(text);
    return { verdict: code === 0 && !cut && /errors: 0/.test(text) ? "proven" : "unproven", said: text };
  });
}

/** Verdicts by property: those that shall hold in one search, and one by one when that finds something. */
export async function run({ model, variant, claims }) {
  const hold = claims.filter(({ result }) => result === "proven").map(({ property }) => property);
  if (hold.length > 0 && (await check(model, variant, hold)).verdict === "proven") {
    const rest = claims.filter(({ result }) => result !== "proven");
    return new Map([...hold.map((name) => [name, "proven"]), ...(await each(model, variant, rest))]);
  }
  return each(model, variant, claims);
}

async function each(model, variant, claims) {
  const found = new Map();
  for (const { property, result } of claims) {
    const { verdict, said } = await check(model, variant, [property]);
    if (verdict !== result) process.stderr.write(`${said.trim()}\n`);
    found.set(property, verdict);
  }
  return found;
}
