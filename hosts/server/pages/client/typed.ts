import { CpnsError } from "../../../../src/base/errors.js";
import { Told } from "../../../node/pages/client/told.js";
import { words } from "./words.js";

/** The octets of what somebody typed. Throws Told for what is too long, empty, or on no keypad. */
export function checked(text: string, check: (octets: Uint8Array) => void): Uint8Array {
  // A letter beyond Latin-1 becomes one that no check takes: it is refused, never cut.
  const octets = Uint8Array.from(text, (letter) => Math.min(letter.charCodeAt(0), 0xff));
  try {
    check(octets);
  } catch (error) {
    if (error instanceof CpnsError) throw new Told(words.error(error.code));
    throw error;
  }
  return octets;
}

export const textOf = (octets: Uint8Array): string => String.fromCharCode(...octets);
