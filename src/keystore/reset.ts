import type { KeyValue } from "../base/ports.js";
import { StoreError } from "./errors.js";
import { eraseValue } from "./slots.js";

/** Name of the mark that stands from the beginning of a factory reset to its end, over power cuts. */
export const resetMark = "reset";

/** From here on a start finishes the reset (KeyStore). False when there is no room for the mark. */
export function markReset(store: KeyValue): boolean {
  try {
    store.write(resetMark, Uint8Array.of(1));
    return true;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return false;
  }
}

/** Overwrites and deletes every value, the mark last; by name, so that what other firmware has left goes as well. */
export function eraseAll(store: KeyValue): void {
  store.names().forEach((name) => {
    if (name !== resetMark) eraseValue(store, name);
  });
  store.delete(resetMark);
}
