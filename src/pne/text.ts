import { frozen } from "../base/frozen.js";
import { maximumLabel } from "../codec/attributes.js";
import { utf8Length } from "../codec/utf8.js";
import { ProcedureError } from "../procedure/procedure.js";

/**
 * A label of somebody else's choice, as it may stand on a screen: control characters, line and paragraph separators,
 * what turns the direction of writing, and what shows as nothing, show as "?"; a label of spaces is "?" too.
 */
export function shownLabel(label: string): string {
  let text = "";
  for (const character of label) text += hidden(character.codePointAt(0) as number) ? "?" : character;
  return text.trim() || "?";
}

/** First and last code points: of Cc, Cf, Zl and Zp, and of letters without a shape (fillers, an empty Braille cell). */
const unseen: readonly (readonly [first: number, last: number])[] = frozen([
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x2800, 0x2800],
  [0x3164, 0x3164],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xe0000, 0xe0fff],
]);

const hidden = (point: number): boolean => unseen.some((range) => point >= range[0] && point <= range[1]);

/** User IDs and application text of this device are printable ASCII; anything else shows as "?". */
export function asciiText(octets: Uint8Array): string {
  let text = "";
  octets.forEach((octet) => {
    text += octet >= 0x20 && octet <= 0x7e ? String.fromCharCode(octet) : "?";
  });
  return text;
}

/** A label that a person gave, without spaces around it; undefined for none. Throws ProcedureError("label.tooLong"). */
export function checkLabel(label: string | undefined): string | undefined {
  const trimmed = label?.trim();
  if (trimmed === undefined || trimmed === "") return undefined;
  if (utf8Length(trimmed) > maximumLabel) throw new ProcedureError("label.tooLong");
  return trimmed;
}
