import type { ErrorCode } from "../base/errorCodes.js";
import type { Screen } from "../ui/screen.js";
import { errorText, type Strings } from "../ui/strings/strings.js";
import type { KeypadKind } from "./keypad/keypad.js";

/** What keeps the device from working; `detail` of what has no code. */
export interface Halt {
  readonly code: ErrorCode;
  readonly detail?: string;
}

/** On a display whose device has no keypad: it can be enrolled at its gateway (SEC-04, SEC-05), but not typed on. */
export const missingKeypadScreen = ({ keypadMissing: { title, lines } }: Strings): Screen => ({
  id: "keypadMissing",
  title,
  tone: "error",
  lines,
  softKeys: [],
});

/**
 * Erasing everything may help: faults of the device's own records. Of anything else it would mend nothing, and cost the
 * owner's keys.
 */
export const mendedByErasing = (code: ErrorCode): boolean =>
  code.startsWith("store.") && code !== "store.factory";

/** The device cannot work until somebody does something about it: what, and how it can be erased. */
export function haltedScreen({ code, detail }: Halt, keypad: KeypadKind, strings: Strings): Screen {
  const { title, what, next } = errorText(strings, code, detail);
  const mended = mendedByErasing(code);
  const hint = mended && keypad !== "none" ? strings.halted[keypad] : "";
  return {
    id: "halted",
    title,
    tone: "error",
    lines: [what, next],
    ...(hint !== "" && { hint }),
    // A soft key for the finger to hold, where there are no keys.
    ...(keypad === "touch" && { status: { keypad, enrolled: false, link: "none", waiting: 0 } }),
    softKeys: mended && keypad === "touch" ? ["", "", "", strings.reset.erase] : [],
  };
}
