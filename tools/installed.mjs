// Whether an installed tree is that of the lock file, however it was installed.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const same = (one, other) => one.version === other.version && one.integrity === other.integrity;

/** `lock`: package-lock.json; `tree`: node_modules/.package-lock.json, which npm writes once all is in place. */
export function isInstalled(lock, tree) {
  const wanted = Object.entries(lock.packages).filter(([path]) => path !== "");
  // Optional ones are left out where they are for other systems.
  const there = ([path, one]) =>
    tree.packages[path] === undefined ? one.optional === true : same(one, tree.packages[path]);
  return wanted.every(there) && Object.keys(tree.packages).every((path) => lock.packages[path] !== undefined);
}

/** The same of a clone's folder; false where nothing was installed, or what is there cannot be read. */
export function isInstalledIn(root) {
  const tree = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(tree)) return false;
  try {
    const [lock, found] = [join(root, "package-lock.json"), tree].map((file) =>
      JSON.parse(readFileSync(file, "utf8")),
    );
    return isInstalled(lock, found);
  } catch {
    return false;
  }
}
