import type { Screen } from "../../../ui/screen.js";
import { ellipsed, printable } from "../text.js";
import { widths } from "../widths.js";
import { measure } from "./font.js";
import { type Frame, width } from "./frame.js";

const top = 56;
/** A to D in three columns, turned over in a box of five. */
const letters: readonly (readonly number[])[] = Object.freeze([
  Object.freeze([0x1e, 0x05, 0x1e]),
  Object.freeze([0x1f, 0x15, 0x0a]),
  Object.freeze([0x0e, 0x11, 0x11]),
  Object.freeze([0x1f, 0x11, 0x0e]),
]);
const badge = 5;
const gap = 1;

/** The row of soft keys: each behind the letter of its key where there are such keys, or three above their buttons. */
export function drawSoftKeys(frame: Frame, { softKeys: labels, status }: Screen): void {
  const four = labels.length === 4;
  const lettered = four && status?.keypad !== "keyboard" && status?.keypad !== "touch";
  const extra = lettered ? badge + gap : 0;
  const needs = labels.map((label) => (label === "" ? 0 : measure(printable(label)) + extra + 4));
  const each = four ? widths(needs, width) : labels.map(() => width / labels.length);
  let x = 0;
  for (const [index, label] of labels.entries()) {
    const cell = each[index] as number;
    if (label !== "") drawLabel(frame, label, lettered ? letters[index] : undefined, Math.round(x), cell);
    x += cell;
  }
}

function drawLabel(
  frame: Frame,
  label: string,
  letter: readonly number[] | undefined,
  x: number,
  cell: number,
): void {
  const extra = letter === undefined ? 0 : badge + gap;
  const shown = ellipsed(printable(label), Math.floor(cell) - extra, measure);
  let at = x + ((Math.floor(cell) - measure(shown) - extra) >> 1);
  if (letter !== undefined) {
    frame.rect(at, top, badge, 7);
    frame.columns(letter, at + 1, top + 1, false);
    at += extra;
  }
  frame.text(shown, at, top);
}
