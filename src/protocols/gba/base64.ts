/** Base64 of RFC 4648, section 4, with padding; XS and the core have none of their own. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function toBase64(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; at += 3) {
    const [a = 0, b = 0, c = 0] = octets.subarray(at, at + 3);
    const left = octets.length - at;
    text += alphabet.charAt(a >> 2) + alphabet.charAt(((a & 3) << 4) | (b >> 4));
    text += left > 1 ? alphabet.charAt(((b & 15) << 2) | (c >> 6)) : "=";
    text += left > 2 ? alphabet.charAt(c & 63) : "=";
  }
  return text;
}

/** The octets, or undefined for what is no canonical Base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const octets = new Uint8Array((text.length / 4) * 3 - padding);
  for (let at = 0, out = 0; at < text.length; at += 4) {
    let group = 0;
    for (let i = 0; i < 4; i++) group = (group << 6) | Math.max(0, alphabet.indexOf(text.charAt(at + i)));
    for (const shift of [16, 8, 0]) if (out < octets.length) octets[out++] = (group >> shift) & 0xff;
  }
  return toBase64(octets) === text ? octets : undefined;
}
