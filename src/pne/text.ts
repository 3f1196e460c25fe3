import { maximumLabel } from "../codec/attributes.js";
import { utf8Length } from "../codec/utf8.js";
import { ProcedureError } from "../procedure.js";

/**
 * A label of somebody else's choice, as it may stand on a screen: control characters, line and paragraph separators, and
 * what turns the direction of writing show as "?".
 */
export function shownLabel(label: string): string {
  let text = "";
  for (const character of label) text += hidden(character.codePointAt(0) as number) ? "?" : character;
  return text;
}

const hidden = (point: number): boolean =>
  point < 0x20 ||
  (point >= 0x7f && point <= 0x9f) ||
  (point >= 0x200b && point <= 0x200f) ||
  (point >= 0x2028 && point <= 0x202e) ||
  (point >= 0x2060 && point <= 0x206f) ||
  point === 0xfeff;

/** User IDs and application text of this device are printable ASCII; anything else shows as "?". */
export function asciiText(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) text += octet >= 0x20 && octet <= 0x7e ? String.fromCharCode(octet) : "?";
  return text;
}

/** A label that a person gave, without spaces around it; undefined for none. Throws ProcedureError("label.tooLong"). */
export function checkLabel(label: string | undefined): string | undefined {
  const trimmed = label?.trim();
  if (trimmed === undefined || trimmed === "") return undefined;
  if (utf8Length(trimmed) > maximumLabel) throw new ProcedureError("label.tooLong");
  return trimmed;
}
