import { english } from "./english.js";
import { french } from "./french.js";
import { german } from "./german.js";
import { spanish } from "./spanish.js";
import type { Strings } from "./strings.js";

/** The languages of the screens, each by its own name; the first one unless the person chooses. */
export const languages: readonly {
  /** ISO 639-1. */
  readonly code: string;
  readonly name: string;
  readonly strings: Strings;
}[] = Object.freeze([
  Object.freeze({ code: "en", name: "English", strings: english }),
  Object.freeze({ code: "de", name: "Deutsch", strings: german }),
  Object.freeze({ code: "fr", name: "Français", strings: french }),
  Object.freeze({ code: "es", name: "Español", strings: spanish }),
]);

/** The texts of a language; English for one that this firmware does not know. */
export const stringsOf = (code: string | undefined): Strings =>
  languages.find((language) => language.code === code)?.strings ?? english;
