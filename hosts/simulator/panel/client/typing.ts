import type { KeyPress, Keypad, NamedKey } from "../../../../src/ui/keys.js";

/** The computer's keyboard in the place of the device's keys. */

const named: Readonly<Record<string, NamedKey>> = {
  Enter: "enter",
  Escape: "escape",
  Backspace: "backspace",
  ArrowUp: "up",
  ArrowDown: "down",
};

const buttons: Readonly<Record<string, "left" | "middle" | "right">> = {
  ArrowLeft: "left",
  ArrowUp: "left",
  ArrowDown: "right",
  ArrowRight: "right",
  Enter: "middle",
  " ": "middle",
};

/** The press that a key of the computer stands for; undefined for none. A device without keys has none. */
export function pressOf(event: KeyboardEvent, keypad: Keypad | "none"): KeyPress | undefined {
  if (keypad === "none" || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (keypad === "buttons") {
    const button = buttons[event.key];
    return button && { kind: "button", button, ...(event.shiftKey && { long: true }) };
  }
  const key = named[event.key];
  if (key !== undefined) return { kind: "named", key };
  const code = event.key.length === 1 ? event.key.charCodeAt(0) : 0;
  return code >= 0x20 && code <= 0x7e ? { kind: "character", code } : undefined;
}

/** True where a focused control of the page needs the key itself. */
export function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("input, select, textarea, dialog, summary") !== null) return true;
  return target.closest("button, .scroller") !== null && /^(Enter| |Arrow.*|Home|End)$/.test(key);
}
