import type { CodesOf } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";

/** Anything about octets or values that the codec refuses; the code names the rule that was broken. */
export class CodecError extends CpnsError {
  constructor(code: CodesOf<"cbor" | "message">, detail?: string) {
    super(code, detail);
  }
}
