import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { FactoryError } from "./errors.js";

/** All writes of the factory, one by one durable, so that the tests can cut power at each. */
export interface Disk {
  /** A folder for the owner's eyes; it must not exist. */
  makeFolder(path: string): void;
  /** A file for the owner's eyes, down to the disk; it must not exist. */
  writeNew(path: string, content: Uint8Array): void;
  /** A second name for a file; it must not exist. */
  link(path: string, name: string): void;
  rename(from: string, to: string): void;
  /** A file, or a folder with all that is in it; no error when there is none. */
  remove(path: string): void;
  /** A folder's names outlive a power cut only once the folder itself is on the disk. */
  sync(folder: string): void;
}

export const realDisk: Disk = Object.freeze({
  makeFolder(path: string): void {
    mkdirSync(path, { mode: 0o700 });
  },

  writeNew(path: string, content: Uint8Array): void {
    const file = openSync(path, "wx", 0o600);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  },

  link: linkSync,
  rename: renameSync,

  remove(path: string): void {
    rmSync(path, { recursive: true, force: true });
  },

  sync(folder: string): void {
    // Windows has no such thing for folders.
    if (process.platform === "win32") return;
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  },
});

/** True for whatever has this name, a link to nowhere included. */
export const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/**
 * A file of at most `longest` octets, to be wiped. Throws FactoryError("factory.long"), and Node's errors; EINVAL for what
 * is no file, which need not end.
 */
export function readSecretFile(path: string, longest: number): Uint8Array {
  const stat = statSync(path);
  if (!stat.isFile()) throw Object.assign(new Error("no file"), { code: "EINVAL", path });
  if (stat.size > longest) throw new FactoryError("factory.long");
  return readFileSync(path);
}
