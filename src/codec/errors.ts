import { CpnsError } from "../base/errors.js";

export type CodecErrorCode =
  | "cbor.truncated"
  | "cbor.trailing"
  | "cbor.nonMinimal"
  | "cbor.indefinite"
  | "cbor.utf8"
  | "cbor.depth"
  | "cbor.length"
  | "cbor.duplicateKey"
  | "cbor.keyOrder"
  | "cbor.unknownKey"
  | "cbor.missingKey"
  | "cbor.type"
  | "cbor.range"
  | "cbor.unsupported"
  | "message.version"
  | "message.unknown"
  | "message.tooLong";

/** Anything about octets or values that the codec refuses; the code names the rule that was broken. */
export class CodecError extends CpnsError {
  constructor(code: CodecErrorCode, detail?: string) {
    super(code, detail);
  }
}
