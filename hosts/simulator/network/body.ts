import type { Clock } from "../../../src/base/ports.js";
import type { DisplayPort } from "../../../src/device/board.js";
import type { Point } from "../../../src/device/display/colour/touchKeypad.js";
import {
  type Keypad,
  type KeypadKind,
  type KeypadState,
  type OnKey,
  ready,
  stopped,
} from "../../../src/device/keypad/keypad.js";
import type { KeyPress } from "../../../src/ui/keys.js";
import type { Screen } from "../../../src/ui/screen.js";

/** What the person has of a device, from one start to the next loss of power: display and keypad as drivers. */
export interface Body {
  readonly display: DisplayPort;
  readonly keypad: Keypad;
  /** A hand at the keypad. */
  press(press: KeyPress): void;
  /** A finger on the display, where that is felt; undefined when it leaves. */
  touch?(point: Point | undefined): void;
}

/** Builds one at each start; `clock` stands still without power. */
export type MakeBody = (clock: Clock) => Body;

/** A keypad that is pressed by a program. */
export class VirtualKeypad implements Keypad {
  readonly kind: KeypadKind;
  #onKey: OnKey | undefined;

  constructor(kind: KeypadKind) {
    this.kind = kind;
  }

  get state(): KeypadState {
    return this.#onKey === undefined ? stopped : ready;
  }

  start(onKey: OnKey): void {
    this.#onKey = onKey;
  }

  stop(): void {
    this.#onKey = undefined;
  }

  press(press: KeyPress): void {
    this.#onKey?.(press);
  }
}

/** A body that nobody looks at but by `screen` events: nothing is drawn. */
export function plainBody(kind: KeypadKind): MakeBody {
  return () => {
    const keypad = new VirtualKeypad(kind);
    const display: DisplayPort = { kind: kind === "none" ? "none" : "320x240", show: () => {} };
    return { display, keypad, press: (press) => keypad.press(press) };
  };
}

const blank = (id: string): Screen =>
  Object.freeze({ id, title: "", tone: "normal", lines: Object.freeze([]), softKeys: Object.freeze([]) });

/** What a display without power shows. */
export const dark = blank("off");
/** Of a device that has none. */
export const faceless = blank("none");
