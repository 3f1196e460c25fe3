import type { CodesOf } from "../../base/errorCodes.js";
import { CpnsError } from "../../base/errors.js";

/** A new firmware that is not taken, or could not be. */
export class UpdateError extends CpnsError {
  declare readonly code: CodesOf<"update">;

  constructor(code: CodesOf<"update">, detail?: string) {
    super(code, detail);
  }
}
