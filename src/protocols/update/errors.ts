import type { CodesOf } from "../../base/errorCodes.js";
import { CpnsError } from "../../base/errors.js";

/** A new firmware that is not taken, or could not be. */
export class UpdateError extends CpnsError {
  constructor(code: CodesOf<"update">, detail?: string) {
    super(code, detail);
  }
}
