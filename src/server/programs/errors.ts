import type { CodesOf } from "../../base/errorCodes.js";
import { CpnsError } from "../../base/errors.js";

/** What a program is told in place of what it asked for. */
export class ProgramError extends CpnsError {
  declare readonly code: CodesOf<"api">;

  constructor(code: CodesOf<"api">, detail?: string) {
    super(code, detail);
  }
}
