import { CpnsError } from "../errors.js";

export type StoreErrorCode =
  | "store.full"
  | "store.version"
  | "store.notStaged"
  | "store.keyNotNewer"
  | "store.localKeysFull"
  | "store.broken";

export class StoreError extends CpnsError {
  constructor(code: StoreErrorCode, detail?: string) {
    super(code, detail);
  }
}
