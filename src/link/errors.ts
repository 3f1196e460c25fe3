import type { CodesOf } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";

/** What goes wrong between two ends of a link; `link.*` for fragments, `record.*` for encrypted records. */
export class LinkError extends CpnsError {
  constructor(code: CodesOf<"link" | "record">, detail?: string) {
    super(code, detail);
  }
}
