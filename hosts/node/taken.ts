import { wipe } from "../../src/base/octets.js";

/** A plain array instead of Node's Buffer, which is wiped: no second copy of a secret stays behind. */
export function taken(buffer: Buffer): Uint8Array {
  const octets = new Uint8Array(buffer);
  wipe(buffer);
  return octets;
}
