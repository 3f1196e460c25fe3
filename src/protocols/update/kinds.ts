import type { CodesOf } from "../../base/errorCodes.js";
import { Milliseconds } from "../../base/units.js";

/** After damaged octets a PNE takes nothing for so long: they have cost a slot of flash that wears. */
export const damagedPause = Milliseconds(600_000);

/** What a PNE says of an image that it was offered. */
export const UpdateKind = Object.freeze({
  /** It is whole and verified: the PNE starts it now. */
  restarting: 0,
  /** It runs, and has reached its PN GW. */
  confirmed: 1,
  /** The person wants to be asked later. */
  later: 2,
  /** No header, or of a format that the PNE does not know. */
  form: 3,
  /** The PNE was built without a key to verify with: it takes none. */
  noKey: 4,
  notSigned: 5,
  otherBoard: 6,
  older: 7,
  tooBig: 8,
  /** Its octets are not those that the header speaks of. */
  damaged: 9,
  /** Flash did not take it. */
  broken: 10,
  /** It ran, and never reached its PN GW, or came damaged, as often as it is tried. */
  failed: 11,
});
export type UpdateKind = (typeof UpdateKind)[keyof typeof UpdateKind];

const names = Object.freeze(Object.keys(UpdateKind));
const firstRefusal = UpdateKind.form;

/** The error that a kind names, "update.form" for one of a newer version; undefined for what refuses nothing. */
export function refusalOf(kind: number): CodesOf<"update"> | undefined {
  if (kind < firstRefusal) return undefined;
  return `update.${names[kind] ?? "form"}` as CodesOf<"update">;
}
