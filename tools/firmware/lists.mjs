// The module lists of the firmware's manifests: `modules.json` files, committed, so that plain `mcconfig` builds it.
// Made from the imports: `npm run check` says when one is out of step, and `npm run format` writes it.
//
// A list belongs to the targets whose manifests include it. A module goes into the list of the most targets that all
// need it, and once more into another where that leaves some out.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { root } from "../setup.mjs";
import { modulesOf } from "./modules.mjs";
import { targets } from "./targets.mjs";

const listName = "modules.json";
const samples = join(root, "apps");
const console = join(root, "hosts/esp32/console");

const read = (file) => JSON.parse(readFileSync(file, "utf8"));

/** Manifests of this project that `file` includes, at any depth, itself among them; lists need not exist yet. */
function included(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  if (file.endsWith(`/${listName}`)) return found;
  for (const one of [read(file).include ?? []].flat())
    if (one.startsWith(".")) included(join(dirname(file), one), found);
  return found;
}

/** Each target with what it needs, but its root, and the files of its lists. */
function needs() {
  return [...targets().values()].map(({ name, entry, manifest }) => ({
    name,
    needed: new Set(modulesOf(entry).names.filter((one) => one !== entry)),
    entry,
    manifest,
    // A manifest that has an application, or a console, brings the list of that along.
    lists: [...included(manifest)].filter(
      (file) =>
        file.endsWith(`/${listName}`) && ![samples, console].some((one) => file.startsWith(`${one}${sep}`)),
    ),
  }));
}

/** Applications: folders with a module `application` and a manifest. */
function applications(folder = samples) {
  const below = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory());
  const own = existsSync(join(folder, "application.ts")) ? [folder] : [];
  return [...own, ...below.flatMap(({ name }) => applications(join(folder, name)))];
}

/** The list of each application: what it needs and not every target has. */
function applicationLists(all) {
  const common = (name) => all.every(({ needed }) => needed.has(name));
  return applications().map((folder) => {
    const file = join(folder, listName);
    const entry = relative(root, join(folder, "application")).split(sep).join("/");
    return [file, content(file, new Set(modulesOf(entry).names.filter((one) => !common(one))), [])];
  });
}

/** What goes into a list: the path of a module from the list's folder, by the module's name. */
function content(file, names, roots) {
  const path = (name) => {
    const from = relative(dirname(file), join(root, name)).split("\\").join("/");
    return from.startsWith(".") ? from : `./${from}`;
  };
  const preload = [...names].sort();
  const modules = [...names, ...roots].sort();
  return { modules: Object.fromEntries(modules.map((name) => [name, path(name)])), preload };
}

/** Whether a module lies in a list's folder. */
const beside = (file, name) => join(root, name).startsWith(`${dirname(file)}${sep}`);

/** What every list has to be, by its file. */
export function wantedLists() {
  const all = needs();
  const users = new Map();
  for (const { name, lists } of all)
    for (const file of lists) users.set(file, (users.get(file) ?? new Set()).add(name));
  const bySize = [...users].sort(([a, one], [b, other]) => other.size - one.size || (a < b ? -1 : 1));
  const inList = new Map(bySize.map(([file]) => [file, { names: new Set(), roots: [] }]));
  for (const { entry, manifest } of all) inList.get(join(dirname(manifest), listName))?.roots.push(entry);
  for (const module of new Set(all.flatMap(({ needed }) => [...needed]))) {
    const left = new Set(all.filter(({ needed }) => needed.has(module)).map(({ name }) => name));
    const fits = bySize.filter(([, of]) => [...of].every((name) => left.has(name)));
    // Of lists of the same targets, the one in whose folder the module is.
    fits.sort(([a, of], [b, other]) => other.size - of.size || beside(b, module) - beside(a, module));
    for (const [file, of] of fits) {
      if (![...of].some((name) => left.has(name))) continue;
      inList.get(file).names.add(module);
      for (const name of of) left.delete(name);
    }
    for (const name of left)
      throw new Error(`${name} needs ${module}, and its manifest includes no ${listName}`);
  }
  return new Map([
    ...[...inList].map(([file, { names, roots }]) => [file, content(file, names, roots)]),
    ...applicationLists(all),
    consoleList(all),
  ]);
}

/** The list of the console, which takes the place of a module that every target has. */
function consoleList(all) {
  const file = join(console, listName);
  const entry = "hosts/esp32/console/switchOn";
  const common = (name) => all.every(({ needed }) => needed.has(name));
  const own = modulesOf(entry).names.filter((name) => name !== entry && !common(name));
  return [file, content(file, new Set(own), [])];
}

function current(file) {
  try {
    return read(file);
  } catch {
    return { modules: {}, preload: [] };
  }
}

/** One line for each module that is missing in a list, or in it for nothing. */
export function listProblems(wanted = wantedLists(), now = current) {
  const problems = [];
  for (const [file, { modules, preload }] of wanted) {
    const is = now(file);
    const where = relative(root, file);
    for (const name of Object.keys(modules))
      if (is.modules?.[name] !== modules[name]) problems.push(`${where} lacks ${name}`);
    for (const name of Object.keys(is.modules ?? {}))
      if (!(name in modules)) problems.push(`${where} has ${name}, which nothing there imports`);
    if (JSON.stringify(is.preload) !== JSON.stringify(preload))
      problems.push(`${where}: preload is out of step`);
  }
  return problems;
}

/** Writes the lists that are out of step; returns their files. */
export function writeLists() {
  const written = [];
  for (const [file, list] of wantedLists()) {
    if (JSON.stringify(current(file)) === JSON.stringify(list)) continue;
    writeFileSync(file, `${JSON.stringify(list, undefined, 2)}\n`);
    written.push(relative(root, file));
  }
  return written;
}
