/** Measures a text in pixels. */
export type Measure = (text: string) => number;

/** U+00C0 to U+00FF by the letters that people read them as; × and ÷ as they are typed. */
const latin = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";
const others: Readonly<Record<number, string>> = Object.freeze({
  160: " ",
  183: ".",
  8208: "-",
  8209: "-",
  8211: "-",
  8212: "-",
  8216: "'",
  8217: "'",
  8220: '"',
  8221: '"',
  8226: "*",
  8230: "...",
  8364: "E",
});

/** What stands for a character that no font of the device has. */
export const replacement = "?";

/** True for a character beyond ASCII that a font has. */
export type Repertoire = (code: number) => boolean;

const asciiOnly: Repertoire = () => false;

/**
 * A text in the characters that a font has, U+0020 to U+007E and what `has` knows: other letters with marks without
 * them, everything else as the replacement, one for each character however many units it takes. Texts come from other
 * people's devices.
 */
export function printable(text: string, has: Repertoire = asciiOnly): string {
  if (isPrintable(text)) return text;
  let out = "";
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if ((code >= 0x20 && code <= 0x7e) || (code > 0x7e && has(code))) out += character;
    else if (code >= 0xc0 && code <= 0xff) out += latin.charAt(code - 0xc0);
    else out += others[code] ?? replacement;
  }
  return out;
}

/** In a loop: a regular expression takes more of the stack than a device has to spare below its screens. */
function isPrintable(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/** How many characters of `text` are no wider than `width`. */
export function fitting(text: string, width: number, measure: Measure): number {
  let least = 0;
  let most = text.length;
  while (least < most) {
    const middle = (least + most + 1) >> 1;
    if (measure(text.slice(0, middle)) <= width) least = middle;
    else most = middle - 1;
  }
  return least;
}

const dots = "...";

/** The text, or its beginning and three dots. */
export function ellipsed(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  const count = fitting(text, width - measure(dots), measure);
  return `${text.slice(0, count).trimEnd()}${dots}`;
}

/** The text, or three dots and its end: the end of a long text is what the person is typing. */
export function tail(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  const room = width - measure(dots);
  let start = text.length;
  while (start > 0 && measure(text.slice(start - 1)) <= room) start--;
  return `${dots}${text.slice(start)}`;
}

/** Lines no wider than `width`, broken at spaces where there are any. */
export function wrapped(text: string, width: number, measure: Measure): string[] {
  const lines: string[] = [];
  let line = "";
  // A line is measured word by word: letters do not move each other.
  const space = measure("a a") - 2 * measure("a");
  let used = 0;
  text.split(" ").forEach((word) => {
    const needs = measure(word);
    if (line !== "" && used + space + needs <= width) {
      line += ` ${word}`;
      used += space + needs;
      return;
    }
    if (line !== "") lines.push(line);
    line = word;
    used = needs;
    while (used > width) {
      const count = Math.max(1, fitting(line, width, measure));
      lines.push(line.slice(0, count));
      line = line.slice(count);
      used = measure(line);
    }
  });
  if (line !== "") lines.push(line);
  return lines;
}
