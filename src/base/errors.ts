import type { ErrorCode } from "./errorCodes.js";

/**
 * An error that a program raises on purpose. `code` is stable and goes into logs, tests and tables of texts; `message`
 * is for engineers and never holds a secret or a peer's text.
 */
export class NamedError extends Error {
  readonly code: string;

  constructor(code: string, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    // Defined, not assigned: on the device Error.prototype is frozen in flash, and assigning would throw.
    Object.defineProperty(this, "name", { value: new.target.name });
    this.code = code;
  }
}

/** The base of every error of `src`; those of hosts are NamedErrors of their own. */
export class CpnsError extends NamedError {
  declare readonly code: ErrorCode;

  constructor(code: ErrorCode, detail?: string) {
    super(code, detail);
  }
}
