// How many imports away from a source each file of a build is.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Map from each file below src, hosts and test that reaches one of the sources to the fewest imports between them. */
export function distances(folder, sources) {
  const importers = new Map();
  for (const top of ["src", "hosts", "test"])
    for (const entry of readdirSync(join(folder, top), { recursive: true })) {
      const file = join(top, entry);
      if (!file.endsWith(".js")) continue;
      const text = readFileSync(join(folder, file), "utf8").replace(/^\/\/# source.*$/m, "");
      for (const [, path] of text.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
        const imported = relative(folder, join(folder, dirname(file), path));
        importers.set(imported, [...(importers.get(imported) ?? []), file]);
      }
    }
  const found = new Map();
  let edge = [...new Set(sources)].map((source) => source.replace(/\.ts$/, ".js"));
  for (let far = 0; edge.length > 0; far++) {
    edge = [...new Set(edge)].filter((file) => !found.has(file));
    for (const file of edge) found.set(file, far);
    edge = edge.flatMap((file) => importers.get(file) ?? []);
  }
  return found;
}
