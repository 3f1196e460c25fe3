import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file so that after a power cut it holds the old content or the new one: to a temporary file beside it, which
 * is synchronised and renamed; the folder is synchronised too. Only its owner may read it. Throws the system's error,
 * with the old file as it was.
 */
export function writeDurably(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.new`;
  try {
    const file = openSync(temporary, "w", 0o600);
    try {
      const octets = typeof content === "string" ? Buffer.from(content, "utf8") : content;
      let written = 0;
      while (written < octets.length) written += writeSync(file, octets, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFile(dirname(path));
}

/** What was written to a file, or what was made in a folder, outlives a power cut from now on. */
export function syncFile(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
