/** What the factory's code on a label begins with (docs/FACTORY.md, The label). */
const prefix = "CPNS:";

/** The Entity ID of what a label's code says or a person has typed, in small hexadecimal; undefined when it is none. */
export function readLabel(text: string): string | undefined {
  const plain = text.replace(/\s/g, "").toUpperCase();
  const id = plain.startsWith(prefix) ? plain.slice(prefix.length) : plain;
  return /^(?:[0-9A-F]{2}){1,32}$/.test(id) ? id.toLowerCase() : undefined;
}

/** Of a code alone: without its beginning it is somebody else's. */
export const isLabel = (text: string): boolean => text.startsWith(prefix) && readLabel(text) !== undefined;
