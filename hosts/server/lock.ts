import { existsSync } from "node:fs";
import { join } from "node:path";
import { openFile } from "../node/database/openFile.js";
import { Refusal } from "../node/program/misuse.js";

/** Held by a Server as long as it runs, and by commands that must have its data for themselves. */
export interface DataLock {
  release(): void;
}

/**
 * Takes the data folder. It is the operating system's lock on a file there, as SQLite takes it: it goes with its process,
 * however that ends. Throws Refusal when another process has it.
 */
export function lockData(folder: string): DataLock {
  if (!existsSync(folder)) throw new Refusal(`${folder} is not there`);
  const lock = openFile(join(folder, "server.lock"), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    const busy = String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY");
    if (!busy) throw error;
    throw new Refusal(`${folder} is in use by another process: stop that Server first`);
  }
  return { release: () => lock.close() };
}
