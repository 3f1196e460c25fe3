import { Milliseconds } from "../../../src/base/units.js";
import type { KeyPress, Keypad, MatrixKey, NamedKey } from "../../../src/ui/keys.js";
import { MultiTap } from "../../../src/ui/multiTap.js";
import { type Group, more, Picker } from "../../../src/ui/picker.js";

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

/**
 * The buttons that type a character from where the letters begin; `set`: what the first group shows now. Asked of the
 * picker itself.
 */
export function pathOf(character: string, set: string): readonly string[] {
  const picker = new Picker();
  const first = (): string => lettersOf(picker.groups[0]);
  for (let i = 0; i < 3 && first() !== set; i++) picker.nextSet();
  for (let turns = 0; turns < 3; turns++) {
    const path = descend(picker, character);
    if (path !== undefined) return [...Array(turns).fill("hold-right"), ...path];
    picker.nextSet();
  }
  throw new RangeError(`the picker has no '${character}'`);
}

function descend(picker: Picker, character: string): readonly string[] | undefined {
  const path: string[] = [];
  for (let step = 0; step < 8; step++) {
    const at = picker.groups.findIndex((group) => leadsTo(group, character));
    if (at < 0) {
      picker.back();
      return undefined;
    }
    path.push(buttons[at] as string);
    const picked = picker.choose(at);
    if (picked !== undefined) return path;
  }
  return undefined;
}

const lettersOf = (group: Group): string => (group !== undefined && "letters" in group ? group.letters : "");

function leadsTo(group: Group, character: string): boolean {
  if (group === undefined) return false;
  if ("letters" in group) return group.letters.includes(character === " " ? more : character);
  return character === " " && (group.does === "space" || group.does === "more");
}
