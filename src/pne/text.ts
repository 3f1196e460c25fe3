/** User IDs and application text of this device are printable ASCII; anything else shows as "?". */
export function asciiText(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) text += octet >= 0x20 && octet <= 0x7e ? String.fromCharCode(octet) : "?";
  return text;
}
