import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, for its owner alone. Throws the system's error, ENOTDIR where a file is in the way.
 * Node's own `recursive` never comes back where the system takes no folders, as in /proc.
 */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (isFolder(folder)) return;
    const inTheWay = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw inTheWay ? Object.assign(new Error(`${folder} is no folder`), { code: "ENOTDIR" }) : error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
