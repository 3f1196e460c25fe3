// Lists every requirement with the files that implement it and the tests that prove it, and writes docs/REQUIREMENTS.md.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { root } from "./setup.mjs";

const page = join(root, "docs/REQUIREMENTS.md");
const idForm = /\b(?:REG|EUK-UI|SEC|EUK-GW|GWA|PNR|LEU|PNI|GWI|C)-\d{2}[a-z]?\b/g;

export function readRequirements() {
  const { requirements, open = [] } = parse(readFileSync(join(root, "docs/requirements.yaml"), "utf8"));
  return {
    requirements: requirements.map(([id, strength, actor, text]) => ({ id, strength, actor, text })),
    open,
  };
}

/**
 * The ids that a text names: one by one, as a range ("PNI-06 … PNI-08", "EUK-UI-14 … 19", "PNI-01 … 15"), and without a
 * letter for all that have one ("PNI-04" for PNI-04a and PNI-04b). `unknown` are those that no list has.
 */
export function citedIn(text, ids) {
  const known = new Set(ids);
  const cited = new Set();
  const unknown = new Set();
  const variants = (id) =>
    known.has(id) ? [id] : ids.filter((one) => one.startsWith(id) && /[a-z]$/.test(one));
  for (const [id] of text.matchAll(idForm)) {
    const found = variants(id);
    if (found.length === 0) unknown.add(id);
    for (const one of found) cited.add(one);
  }
  const range = /\b([A-Z]+(?:-[A-Z]+)?)-(\d{2}[a-z]?) (?:…|\.\.\.|\\u2026) (?:\1-)?(\d{2}[a-z]?)\b/g;
  for (const [, family, from, to] of text.matchAll(range)) {
    const first = ids.indexOf(variants(`${family}-${from}`)[0]);
    const last = ids.indexOf(variants(`${family}-${to}`).at(-1));
    if (first < 0 || last < 0) unknown.add(`${family}-${to}`);
    else for (const id of ids.slice(first, last + 1)) cited.add(id);
  }
  return { cited, unknown };
}

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.(ts|c|h|json)$/.test(entry.name)) yield path;
  }
}

/** Titles of `it`, and those made of templates, without their values. */
export function titlesOf(text) {
  const call = /\bit\(\s*(["'`])((?:\\.|(?!\1)[\s\S])*)\1/g;
  return [...text.matchAll(call)].map((match) => match[2]).join("\n");
}

/** Those of the ids that a title names, letter and all: a range proves nothing about what lies in it. */
export function namedIn(titles, ids) {
  const named = new Set();
  const unknown = new Set();
  for (const [id] of titles.matchAll(idForm)) (ids.includes(id) ? named : unknown).add(id);
  return { cited: named, unknown };
}

/** Who implements and who proves each, with all that is wrong with it. */
export function trace() {
  const { requirements, open } = readRequirements();
  const ids = requirements.map(({ id }) => id);
  const [implementedBy, provenBy] = [new Map(), new Map()];
  const problems = [];
  const collect = (folders, into, idsOf) => {
    for (const folder of folders) {
      for (const path of sources(join(root, folder))) {
        const file = relative(root, path).replaceAll("\\", "/");
        const { cited, unknown } = idsOf(readFileSync(path, "utf8"));
        for (const id of unknown) problems.push(`${file} cites ${id}, which no document has`);
        for (const id of cited) into.set(id, [...(into.get(id) ?? []), file]);
      }
    }
  };
  collect(["src", "hosts"], implementedBy, (text) => citedIn(text, ids));
  collect(["test"], provenBy, (text) => namedIn(titlesOf(text), ids));
  // A statement may be implemented by what the protocol's page says.
  const protocol = citedIn(readFileSync(join(root, "docs/PROTOCOL.md"), "utf8"), ids);
  for (const id of protocol.unknown) problems.push(`docs/PROTOCOL.md cites ${id}, which no document has`);
  for (const { id, strength } of requirements) {
    if (strength === "INF" && protocol.cited.has(id) && !implementedBy.has(id))
      implementedBy.set(id, ["docs/PROTOCOL.md"]);
  }
  for (const id of ids) {
    const missing = [
      implementedBy.has(id) ? "" : "an implementation",
      provenBy.has(id) ? "" : "a test",
    ].filter(Boolean);
    if (missing.length > 0 && !open.includes(id)) problems.push(`${id} has not ${missing.join(" and ")}`);
    if (missing.length === 0 && open.includes(id)) problems.push(`${id} is listed as open, but is proven`);
  }
  for (const id of open)
    if (!ids.includes(id)) problems.push(`${id} is listed as open, but no document has it`);
  return { requirements, open, implementedBy, provenBy, problems };
}

const cell = (text) => text.replaceAll("|", "\\|");

/** The page: what is asked for, and whether it is done. Where it stands in code and tests is printed, not kept. */
export function table({ requirements, open }) {
  const rows = requirements.map(({ id, strength, actor, text }) => {
    const state = open.includes(id) ? "open" : "proven";
    return `| ${id} | ${strength} | ${actor} | ${cell(text)} | ${state} |`;
  });
  return `# Requirements

Written by \`npm run requirements\` from \`docs/requirements.yaml\`, the ids cited in the code, and the titles of the tests. \`npm run requirements -- EUK-UI-17\` prints who implements one and who proves it.

| id | strength | who | what | state |
|---|---|---|---|---|
${rows.join("\n")}
`;
}

/** Who implements and who proves these, as lines to print. Throws for an id that no document has. */
export function whereIs({ requirements, implementedBy, provenBy }, ids) {
  return ids.flatMap((id) => {
    const one = requirements.find((requirement) => requirement.id === id);
    if (one === undefined) throw new Error(`no document has ${id}`);
    const list = (name, files = []) => files.map((file) => `  ${name} ${file}`);
    return [
      `${id} ${one.text}`,
      ...list("implemented in", implementedBy.get(id)),
      ...list("proven by", provenBy.get(id)),
    ];
  });
}

/** Writes the table; with `check` only looks whether it is current. Returns what is wrong, one line each. */
export function run({ check = false } = {}) {
  const traced = trace();
  const written = table(traced);
  if (!check) writeFileSync(page, written);
  else if (readFileSync(page, "utf8") !== written) {
    traced.problems.push("docs/REQUIREMENTS.md is not current; npm run requirements writes it");
  }
  return traced;
}
