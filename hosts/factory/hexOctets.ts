import { wipe } from "../../src/base/octets.js";

/** Hexadecimal as octets of ASCII, so that a key in it can be wiped: `hex` makes text, which cannot. */

const digits = "0123456789abcdef";

export function toHexOctets(octets: Uint8Array): Uint8Array {
  const out = new Uint8Array(2 * octets.length);
  for (const [at, octet] of octets.entries()) {
    out[2 * at] = digits.charCodeAt(octet >> 4);
    out[2 * at + 1] = digits.charCodeAt(octet & 15);
  }
  return out;
}

function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

/** Undefined for what is not whole octets in hexadecimal, of either case. */
export function fromHexOctets(text: Uint8Array): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined;
  const out = new Uint8Array(text.length / 2);
  for (let at = 0; at < out.length; at++) {
    const [high, low] = [digit(text[2 * at] ?? 0), digit(text[2 * at + 1] ?? 0)];
    if (high < 0 || low < 0) {
      wipe(out);
      return undefined;
    }
    out[at] = high * 16 + low;
  }
  return out;
}
