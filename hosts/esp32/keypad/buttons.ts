import type { Ticker } from "../../../src/device/keypad/keypad.js";
import type { ScanTiming } from "./keyScan.js";
import { ScannedKeypad } from "./scannedKeypad.js";

/** One button that can be looked at. */
export interface Button {
  /** True while it is pressed. */
  pressed(): boolean;
  close(): void;
}

/** Opens a button; throws when its pin is taken or does not exist. */
export type ButtonSource = () => Button;

export interface ButtonsOptions {
  readonly left: ButtonSource;
  readonly middle: ButtonSource;
  readonly right: ButtonSource;
  readonly ticker: Ticker;
  readonly timing?: ScanTiming;
}

const names = Object.freeze(["left", "middle", "right"] as const);
/** Held, it deletes letter after letter. */
const leftOnly = 1;

/**
 * Three buttons below a display. They are looked at rather than heard: inputs 36 to 39 of an ESP32 see short pulses
 * while its radio runs (erratum 3.11), and a press must outlast the debounce time here anyway.
 */
export class ThreeButtons extends ScannedKeypad {
  constructor(options: ButtonsOptions) {
    super({
      ...options,
      kind: "buttons",
      on: "up",
      repeats: leftOnly,
      open(opened) {
        const buttons = names.map((name) => {
          const button = options[name]();
          opened.push(button);
          return button;
        });
        return () => {
          let levels = 0;
          for (let i = 0; i < buttons.length; i++) if (buttons[i]?.pressed()) levels |= 1 << i;
          return levels;
        };
      },
      pressOf(key, long, repeat) {
        const button = names[key] as "left" | "middle" | "right";
        if (repeat) return { kind: "button", button, long, repeat };
        return long ? { kind: "button", button, long } : { kind: "button", button };
      },
    });
  }
}

interface InputConstructor {
  readonly Input: number;
  new (options: { pin: number; mode: number }): { read(): number; close(): void };
}

/** A button of the board that pulls its pin low, by ECMA-419's `embedded:io/digital`; the board pulls it up. */
export const digitalButton =
  (io: InputConstructor, pin: number): ButtonSource =>
  () => {
    const input = new io({ pin, mode: io.Input });
    return { pressed: () => input.read() === 0, close: () => input.close() };
  };
