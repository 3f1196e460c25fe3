import { maximumLabel } from "../../src/codec/attributes.js";

/**
 * The name of a device, from UTF-8, or what is wrong with it. Names stand on labels, on displays and in tables that
 * people open: no letters that cannot be seen, and nothing that a spreadsheet would compute.
 */
export function readName(octets: Uint8Array): { readonly name: string } | { readonly problem: string } {
  if (octets.length > maximumLabel)
    return { problem: `the name is longer than ${maximumLabel} octets of UTF-8` };
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return { problem: "the name is not UTF-8" };
  }
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name)) return { problem: "the name has characters that cannot be seen" };
  if (/^[=+\-@]/.test(name.normalize("NFKC"))) {
    return { problem: "the name begins with = + - or @, which a spreadsheet would compute" };
  }
  if (name !== name.trim()) return { problem: "the name begins or ends with a space" };
  return { name };
}
