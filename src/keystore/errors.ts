import type { CodesOf } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";

/** What goes wrong with what is stored; the old value stands. */
export class StoreError extends CpnsError {
  constructor(code: CodesOf<"store">, detail?: string) {
    super(code, detail);
  }
}
