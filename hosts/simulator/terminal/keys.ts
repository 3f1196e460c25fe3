import type { KeyPress, NamedKey } from "../../../src/ui/keys.js";

/** What a terminal sends for keys that are no characters (ECMA-48, and xterm's arrows). */
const sequences: readonly (readonly [string, NamedKey])[] = [
  ["\x1b[A", "up"],
  ["\x1b[B", "down"],
  ["\x1bOA", "up"],
  ["\x1bOB", "down"],
  ["\x1b", "escape"],
  ["\r\n", "enter"],
  ["\r", "enter"],
  ["\n", "enter"],
  ["\t", "tab"],
  ["\x7f", "backspace"],
  ["\b", "backspace"],
];
const esc = "\x1b";
const controlSequence = /^[[O][0-9;]*[@-~]/;

/** Ctrl-C and Ctrl-D. */
export const isEnd = (typed: string): boolean => typed.includes("\x03") || typed.includes("\x04");

/** The presses of a full keyboard in what was typed; what no key of it sends is left out. */
export function pressesOf(typed: string): readonly KeyPress[] {
  const presses: KeyPress[] = [];
  for (let at = 0; at < typed.length; ) {
    const rest = typed.slice(at);
    const sequence = rest.startsWith(esc) ? controlSequence.exec(rest.slice(1))?.[0] : undefined;
    const text = sequence === undefined ? undefined : esc + sequence;
    const known = sequences.find(([one]) => (text === undefined ? rest.startsWith(one) : one === text));
    const code = rest.charCodeAt(0);
    if (known !== undefined) presses.push({ kind: "named", key: known[1] });
    else if (text === undefined && code >= 0x20 && code < 0x7f) presses.push({ kind: "character", code });
    at += (text ?? known?.[0] ?? " ").length;
  }
  return presses;
}
