/**
 * The base of every error that this system raises on purpose. `code` is stable and goes into logs, tests and the
 * string table of the screens; `message` is for engineers and never holds a secret or a peer's text.
 */
export class CpnsError extends Error {
  readonly code: string;

  constructor(code: string, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    // Defined, not assigned: on the device Error.prototype is frozen in flash, and assigning would throw.
    Object.defineProperty(this, "name", { value: new.target.name });
    this.code = code;
  }
}
