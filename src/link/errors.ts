import { CpnsError } from "../base/errors.js";

export type LinkErrorCode =
  | "link.fragment"
  | "link.order"
  | "link.tooLong"
  | "link.reassembly"
  | "link.busy"
  | "link.plain"
  | "link.closed"
  | "link.write"
  | "record.form"
  | "record.replay"
  | "record.forged"
  | "record.expired";

/** What goes wrong between two ends of a link; `link.*` for fragments, `record.*` for encrypted records. */
export class LinkError extends CpnsError {
  constructor(code: LinkErrorCode, detail?: string) {
    super(code, detail);
  }
}
