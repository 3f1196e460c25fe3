import type { CodesOf } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";

/** What a database, or a row in it, says no with. */
export class DatabaseError extends CpnsError {
  declare readonly code: CodesOf<"database">;

  constructor(code: CodesOf<"database">, detail?: string) {
    super(code, detail);
  }
}
