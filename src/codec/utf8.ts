import { CodecError } from "./errors.js";

/** Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */

/** Octets that `encodeUtf8` will make of the text. Throws cbor.utf8 on a lone surrogate. */
export function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    if (point >= 0xd800 && point <= 0xdfff) throw new CodecError("cbor.utf8", "lone surrogate");
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return length;
}

export function encodeUtf8(text: string): Uint8Array {
  const out = new Uint8Array(utf8Length(text));
  let at = 0;
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    if (point < 0x80) {
      out[at++] = point;
      continue;
    }
    const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    out[at++] = leadOctet(point, more);
    for (let shift = 6 * (more - 1); shift >= 0; shift -= 6) out[at++] = 0x80 | ((point >> shift) & 0x3f);
  }
  return out;
}

function leadOctet(point: number, more: number): number {
  const mark = more === 1 ? 0xc0 : more === 2 ? 0xe0 : 0xf0;
  return mark | (point >> (6 * more));
}

export function decodeUtf8(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; ) {
    const lead = octets[at++] as number;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      continue;
    }
    const more =
      lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
    if (more === 0 || at + more > octets.length) throw new CodecError("cbor.utf8");
    let point = lead & (0x3f >> more);
    for (let i = 0; i < more; i++) {
      const next = octets[at++] as number;
      if ((next & 0xc0) !== 0x80) throw new CodecError("cbor.utf8");
      point = (point << 6) | (next & 0x3f);
    }
    const least = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000;
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
      throw new CodecError("cbor.utf8");
    text += String.fromCodePoint(point);
  }
  return text;
}
