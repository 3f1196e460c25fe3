// Which mutants the compiler's types refuse, so that nobody could ever build them.
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup.mjs";

/** Something unused, or never reached: a matter of order, not of types. */
const tidiness = new Set(["TS6133", "TS6138", "TS6192", "TS6196", "TS6198", "TS6199", "TS7027"]);

/**
 * Marks those that do not compile. Each is a copy of its source with the one change, and all copies are compiled at
 * once; a copy without change says what is due to being a copy. `tree` is where their `src` is.
 */
export function refuseByTypes(mutants, out, say, tree = root) {
  const folder = join(out, "types");
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(tree, "src"), join(folder, "src"), { recursive: true });
  const options = { types: [], noUnusedLocals: false, noUnusedParameters: false };
  const config = { extends: join(root, "tsconfig.json"), compilerOptions: options, include: ["src"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...config, exclude: [] }));
  const copy = ({ source, id }) => source.replace(/\.ts$/, `.mutant${id}.ts`);
  for (const one of mutants) {
    const octets = readFileSync(join(tree, one.source));
    const [head, tail] = [octets.subarray(0, one.start), octets.subarray(one.end)];
    const changed = one.after === "{}" ? "{}" : `(${one.after})`;
    writeFileSync(join(folder, copy({ ...one, id: "" })), octets);
    writeFileSync(join(folder, copy(one)), Buffer.concat([head, Buffer.from(changed), tail]));
  }
  const args = ["-p", join(folder, "tsconfig.json"), "--pretty", "false"];
  const { stdout } = spawnSync(join(root, "node_modules/.bin/tsc"), args, { cwd: folder, encoding: "utf8" });
  const faults = new Map();
  for (const [, file, code, text] of stdout.matchAll(/^(\S+)\(\d+,\d+\): error (TS\d+): (.*)$/gm))
    if (!tidiness.has(code))
      faults.set(file, [...(faults.get(file) ?? []), `${code} ${text.replaceAll(/\.mutant\d*/g, "")}`]);
  let refused = 0;
  for (const one of mutants) {
    const usual = faults.get(copy({ ...one, id: "" })) ?? [];
    const own = (faults.get(copy(one)) ?? []).filter((fault) => !usual.includes(fault));
    if (own.length === 0) continue;
    one.state = "refused by types";
    one.fault = own[0];
    refused++;
  }
  say(`${refused} of them are refused by types`);
}
