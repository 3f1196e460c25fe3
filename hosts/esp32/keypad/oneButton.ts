import { Milliseconds } from "../../../src/base/units.js";
import type { Ticker } from "../../../src/device/keypad/keypad.js";
import type { ButtonSource } from "./buttons.js";
import { scanTiming } from "./keyScan.js";
import { ScannedKeypad } from "./scannedKeypad.js";

/** Nobody holds a button for so long by accident. */
export const eraseTime = Milliseconds(10_000);
/** Looked at so seldom, it keeps no processor awake. */
const timing = Object.freeze({
  ...scanTiming,
  period: Milliseconds(100),
  debounce: Milliseconds(200),
  long: eraseTime,
});

/** The one button of a board that has nothing to type on: held for ten seconds it erases everything. */
export class OneButton extends ScannedKeypad {
  constructor(source: ButtonSource, ticker: Ticker) {
    super({
      kind: "none",
      ticker,
      timing,
      on: "up",
      open(opened) {
        const button = source();
        opened.push(button);
        return () => (button.pressed() ? 1 : 0);
      },
      pressOf: (_key, long) => (long ? { kind: "button", button: "right", long } : undefined),
    });
  }
}
