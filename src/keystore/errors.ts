import { CpnsError } from "../base/errors.js";

export type StoreErrorCode =
  /** No room for the new value; the old one stands. */
  | "store.full"
  /** Written by a firmware that knows a newer form; nothing is erased. */
  | "store.version"
  /** Flash did not give back what was written. */
  | "store.broken"
  /** The factory namespace holds what no factory can have meant. */
  | "store.factory"
  | "store.notStaged"
  | "store.notEnrolled"
  | "store.keyNotNewer";

export class StoreError extends CpnsError {
  constructor(code: StoreErrorCode, detail?: string) {
    super(code, detail);
  }
}
