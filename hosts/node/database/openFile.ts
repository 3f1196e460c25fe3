import { closeSync, openSync } from "node:fs";
import Libsql from "libsql";

/** Opens or makes an SQLite file. Throws the system's error where there can be none. */
export function openFile(file: string, options: Libsql.Options): Libsql.Database {
  try {
    return new Libsql(file, options);
  } catch (error) {
    // The system says why, which libsql does not.
    closeSync(openSync(file, "a", 0o600));
    throw error;
  }
}
