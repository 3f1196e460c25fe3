import type { Timer } from "../../base/ports.js";
import type { Milliseconds } from "../../base/units.js";
import type { KeyPress, Keypad as UiKeypad } from "../../ui/keys.js";

/** "none": there is nothing to type on, and so no UI. */
export type KeypadKind = UiKeypad | "none";

/**
 * What a keypad is now. "absent": it has never answered; "lost": it has, and does not any more. Both are looked for
 * as long as the driver runs, where the hardware can come back. `why` is for the log and the diagnostics screen.
 */
export type KeypadState =
  | { readonly is: "stopped" }
  | { readonly is: "ready" }
  | { readonly is: "absent"; readonly why: string }
  | { readonly is: "lost"; readonly why: string };

export type OnKey = (press: KeyPress) => void;

/** A keypad of any sort (EUK-UI-11). No call of it throws: what is wrong is its state. */
export interface Keypad {
  /** How the UI words its hints and soft keys for it. */
  readonly kind: KeypadKind;
  readonly state: KeypadState;
  /**
   * Presses go to `onKey`; `onState` hears of every later change of `state`; `onTouch`, of drivers whose presses come
   * later than the finger, of the finger: when it answers true, that is all there is to the touch.
   */
  start(onKey: OnKey, onState?: (state: KeypadState) => void, onTouch?: () => boolean): void;
  stop(): void;
}

/** Repeats a piece of work: the device's timers, or virtual time in a test. */
export interface Ticker {
  every(period: Milliseconds, work: () => void): Timer;
}

export const stopped: KeypadState = Object.freeze({ is: "stopped" });
export const ready: KeypadState = Object.freeze({ is: "ready" });

/** The reason of what a driver threw, for a person: a text, whatever it was. */
export const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : `${thrown}`);
