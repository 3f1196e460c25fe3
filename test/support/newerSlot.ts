import { ascii, concat } from "../../src/base/octets.js";
import type { Suite } from "../../src/crypto/suite.js";

/** A slot of a record as firmware of a later version would write it: version 2, generation 1, a payload, check value. */
export function slotOfNewerFirmware(suite: Pick<Suite, "sha256">, record: string): Uint8Array {
  const head = Uint8Array.of(2, 0, 0, 0, 1, 9, 9);
  return concat(head, suite.sha256(ascii(record), head).slice(0, 8));
}
