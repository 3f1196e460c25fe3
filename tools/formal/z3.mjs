// z3 over the device's own C (formal/arithmetic/*.py).
import { join } from "node:path";
import { root } from "../setup.mjs";
import { output, works } from "./process.mjs";

// Debian's bindings belong to Debian's Python, which need not be the first one.
const pythons = ["python3", "/usr/bin/python3"];
const python = pythons.find((name) => works(name, ["-c", "import z3, pycparser"]));

export function missing() {
  if (python === undefined)
    return "z3 for Python is not installed; `apt-get install python3-z3 python3-pycparser gcc` puts it there";
  return works("gcc", ["--version"]) ? undefined : "gcc is not installed, which reads the C for z3";
}

/** Verdicts by property: the script prints `name proven|refuted|unproven`, one a line. */
export async function run({ model, variant, change, claims }) {
  const script = join(root, "formal/arithmetic", model.file);
  const properties = claims.map(({ property }) => property);
  const mutant = variant === undefined ? [] : ["--replace", change.in, change.replace, change.by];
  const { text, code } = await output(python, [script, ...mutant, ...properties], root);
  if (code !== 0)
    process.stderr.write(`cpns: ${model.name}: ${text.trim().split("\n").slice(-3).join("\n")}\n`);
  return new Map(
    [...text.matchAll(/^(\w+) (proven|refuted|unproven)$/gm)].map(([, name, verdict]) => [name, verdict]),
  );
}
