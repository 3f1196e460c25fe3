import { Milliseconds } from "../../../src/base/units.js";
import type { KeyPress, Keypad, MatrixKey, NamedKey } from "../../../src/ui/keys.js";
import { MultiTap } from "../../../src/ui/multiTap.js";
import { Picker } from "../../../src/ui/picker.js";

export const matrixKeys: readonly MatrixKey[] = Object.freeze([..."0123456789*#ABCD"] as MatrixKey[]);
const namedKeys: readonly NamedKey[] = Object.freeze(["enter", "backspace", "escape", "tab", "up", "down"]);
const buttons = Object.freeze(["left", "middle", "right"] as const);

/** On a display that is touched the soft keys are the matrix's; letters come from its keyboard. */
const softKey = /^[A-D]$/;

/** The press that a scenario calls `name`; undefined when the keypad has no such key. */
export function pressOf(name: string, keypad: Keypad): KeyPress | undefined {
  const long = name.startsWith("hold-");
  const key = long ? name.slice(5) : name;
  if (keypad === "matrix" || (keypad === "touch" && softKey.test(key))) {
    const found = matrixKeys.find((one) => one === key);
    return found && { kind: "matrix", key: found, ...(long && { long }) };
  }
  if (keypad === "buttons") {
    const found = buttons.find((one) => one === key);
    return found && { kind: "button", button: found, ...(long && { long }) };
  }
  const named = namedKeys.find((one) => one === name);
  if (named !== undefined) return { kind: "named", key: named };
  return /^[ -~]$/.test(name) ? { kind: "character", code: name.charCodeAt(0) } : undefined;
}

/** What a person calls the keys, for messages. */
export const keyNames: Readonly<Record<Keypad, string>> = Object.freeze({
  matrix: "0 to 9, *, #, A to D, or hold- and one of these",
  keyboard: `one character, or one of ${namedKeys.join(", ")}`,
  touch: `A to D, hold- and one of these, one character, or one of ${namedKeys.join(", ")}`,
  buttons: `${buttons.join(", ")}, or hold- and one of these`,
});

type Move = "up" | "down" | "select" | "back" | "erase";

const moves: Readonly<Record<Keypad, Readonly<Record<Move, string>>>> = Object.freeze({
  matrix: Object.freeze({ up: "A", down: "B", select: "D", back: "C", erase: "7" }),
  keyboard: Object.freeze({ up: "up", down: "down", select: "enter", back: "escape", erase: "y" }),
  touch: Object.freeze({ up: "A", down: "B", select: "D", back: "C", erase: "hold-D" }),
  buttons: Object.freeze({
    up: "left",
    down: "right",
    select: "middle",
    back: "hold-middle",
    erase: "hold-right",
  }),
});

/** The press with which a person moves through menus. */
export function moveOf(move: Move, keypad: Keypad): KeyPress {
  return pressOf(moves[keypad][move], keypad) as KeyPress;
}

/** The key of the matrix under which a character lies, and how often it is pressed; asked of multi-tap itself. */
export function tapsOf(character: string): { readonly key: MatrixKey; readonly count: number } | undefined {
  const code = character.toLowerCase().charCodeAt(0);
  for (const key of matrixKeys) {
    const tap = new MultiTap();
    let first: number | undefined;
    for (let count = 1; count <= 40; count++) {
      const pressed = tap.press(key, Milliseconds(0))?.code;
      if (pressed === undefined || (count > 1 && pressed === first)) break;
      if (pressed === code) return { key, count };
      first ??= pressed;
    }
  }
  return undefined;
}

/** Where the picker has a letter, and how many letters stand on its strip; asked of the picker itself. */
export function placeOf(letter: string): {
  readonly strip: number;
  readonly index: number;
  readonly length: number;
} {
  const picker = new Picker();
  for (let strip = 0; strip < 8; strip++) {
    const first = picker.letter;
    let found: number | undefined;
    let length = 0;
    do {
      if (picker.letter === letter) found = length;
      length++;
      picker.move(1);
    } while (picker.letter !== first && length < 200);
    if (found !== undefined) return { strip, index: found, length };
    picker.nextStrip();
  }
  throw new RangeError(`the picker has no '${letter}'`);
}
