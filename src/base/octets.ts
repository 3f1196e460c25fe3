/** The only byte helpers near a secret. */

/**
 * Compares without early exit: time depends on the lengths alone, which are public everywhere it is used.
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

/** Overwrites with zeros. Takes `undefined` so that clean-up paths need no conditions. */
export function wipe(...secrets: readonly (Uint8Array | undefined)[]): void {
  for (let i = 0; i < secrets.length; i++) secrets[i]?.fill(0);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  parts.forEach((part) => {
    out.set(part, at);
    at += part.length;
  });
  return out;
}

/** `lp(x)`: a 2-octet big-endian length before x (docs/PROTOCOL.md). */
export function lengthPrefixed(octets: Uint8Array): Uint8Array {
  if (octets.length > 0xffff) throw new RangeError("lp() takes at most 65535 octets");
  const out = new Uint8Array(2 + octets.length);
  out[0] = octets.length >> 8;
  out[1] = octets.length & 0xff;
  out.set(octets, 2);
  return out;
}

/** True for an array of zeros only; constant time in its content. */
export function allZero(octets: Uint8Array): boolean {
  let any = 0;
  for (let i = 0; i < octets.length; i++) any |= octets[i] as number;
  return any === 0;
}

/** A label of ASCII characters as octets. Throws on anything else: labels are constants of the protocol. */
export function ascii(label: string): Uint8Array {
  const out = new Uint8Array(label.length);
  for (let i = 0; i < label.length; i++) {
    const code = label.charCodeAt(i);
    if (code > 0x7e) throw new RangeError("labels are ASCII");
    out[i] = code;
  }
  return out;
}

/** Lower-case hexadecimal, for identifiers; never call it on a secret. */
export function hex(octets: Uint8Array): string {
  const { buffer, byteOffset, length } = octets;
  const view = new DataView(buffer, byteOffset, length);
  let out = "";
  let at = 0;
  // Four at a time take XS a fifth of the byte codes; a digit in front keeps their zeros.
  for (; at + 4 <= length; at += 4) out += (0x1_0000_0000 + view.getUint32(at)).toString(16).slice(1);
  for (; at < length; at++) out += (0x100 + view.getUint8(at)).toString(16).slice(1);
  return out;
}

/** The octets of a hexadecimal string; white space between octets is allowed. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) throw new RangeError("not hexadecimal");
  const out = new Uint8Array(digits.length / 2);
  const view = new DataView(out.buffer);
  const digitsAt = (at: number, count: number): number =>
    Number.parseInt(digits.slice(2 * at, 2 * at + count), 16);
  let at = 0;
  for (; at + 4 <= out.length; at += 4) view.setUint32(at, digitsAt(at, 8));
  for (; at < out.length; at++) out[at] = digitsAt(at, 2);
  return out;
}
