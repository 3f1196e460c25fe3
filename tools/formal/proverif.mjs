// ProVerif over formal/protocol/*.pv.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail, root } from "../setup.mjs";
import { inFolder, output, works } from "./process.mjs";

const folder = join(root, "formal/protocol");

export const missing = () =>
  works("proverif", ["-help"])
    ? undefined
    : "proverif is not installed; `opam install proverif` puts it there (2.05 or newer)";

const choice = /\(\*BROKEN (\w+): ([\s\S]*?)INSTEAD OF\*\)([\s\S]*?)\(\*END\*\)/g;

/** The model with one thing broken, which stands in it as `(*BROKEN name: bad INSTEAD OF*) good (*END*)`. */
export function broken(text, variant) {
  let found = false;
  const changed = text.replace(choice, (_, name, bad, good) => {
    if (name !== variant) return good;
    found = true;
    return bad;
  });
  if (variant !== undefined && !found) fail(`no (*BROKEN ${variant}: … in the model`);
  return changed;
}

const query = /\(\*PROPERTY (\w+)\*\)\s*((?:query|weaksecret)[\s\S]*?\.)(?=\s)/g;

/** The model with these queries only, and their names in the order of the answers. */
export function asking(text, properties) {
  const names = [];
  const model = text.replace(query, (_, name, words) => {
    if (!properties.includes(name)) return "";
    names.push(name);
    return words;
  });
  return { model, names };
}

const verdicts = { "is true": "proven", "is false": "refuted", "cannot be proved": "unproven" };

/** Verdicts by property. */
export async function run({ model, variant, claims }) {
  const text = readFileSync(join(folder, model.file), "utf8");
  const wanted = claims.map(({ property }) => property);
  const { model: asked, names } = asking(broken(text, variant), wanted);
  return inFolder(async (here) => {
    const file = join(here, model.file);
    writeFileSync(file, asked);
    const { text: said, code } = await output("proverif", ["-lib", join(folder, "common.pvl"), file], here);
    const summary = said.slice(said.indexOf("Verification summary:"));
    const answers = [
      ...summary.matchAll(/^(?:Query|Weak secret) [\s\S]*?(is true|is false|cannot be proved)/gm),
    ];
    if (code !== 0 || answers.length !== names.length) {
      process.stderr.write(`cpns: ${model.name}: ${said.trim().split("\n").slice(-3).join("\n")}\n`);
      return new Map();
    }
    return new Map(names.map((name, i) => [name, verdicts[answers[i][1]]]));
  });
}
