import type { KeyPress } from "../ui/keys.js";
import type { Screen } from "../ui/screen.js";
import { english, errorText } from "../ui/strings.js";
import type { KeypadKind } from "./keypad/keypad.js";

/** On a display whose device has no keypad: it can be enrolled at its gateway (SEC-04, SEC-05), but not typed on. */
export const keypadMissing: Screen = Object.freeze({
  id: "keypadMissing",
  title: "No keypad",
  tone: "error",
  lines: Object.freeze([
    "No keypad or keyboard was found.",
    "Attach one and restart, or enrol this device at its gateway.",
  ]),
  softKeys: Object.freeze([]),
});

const erasing = Object.freeze({
  matrix: "Or press 7 to erase everything.",
  keyboard: "Or type Y to erase everything.",
  buttons: "Or hold the right button to erase everything.",
  touch: "Or hold Erase to erase everything.",
  none: "",
});

/**
 * Erasing everything may help: faults of the device's own records. Of anything else it would mend nothing, and cost the
 * owner's keys.
 */
export const mendedByErasing = (code: string): boolean =>
  code.startsWith("store.") && code !== "store.factory";

/** The device cannot work until somebody does something about it: what, and how it can be erased. */
export function haltedScreen(code: string, keypad: KeypadKind): Screen {
  const { title, what, next } = errorText(english, code);
  const mended = mendedByErasing(code);
  const hint = mended ? erasing[keypad] : "";
  return {
    id: "halted",
    title,
    tone: "error",
    lines: [what, next],
    ...(hint !== "" && { hint }),
    // A soft key for the finger to hold, where there are no keys.
    softKeys: mended && keypad === "touch" ? ["", "", "", "Erase"] : [],
  };
}

/** As the UI's confirmation of a factory reset: a key that nobody presses by habit. */
export function wantsErasure(press: KeyPress): boolean {
  if (press.kind === "matrix") return press.key === "7" || (press.key === "D" && press.long === true);
  if (press.kind === "character") return press.code === 0x79 || press.code === 0x59;
  return press.kind === "button" && press.button === "right" && press.long === true;
}
