import type { Keypad, KeypadState, OnKey } from "../../../src/device/keypad/keypad.js";

const none: KeypadState = Object.freeze({ is: "absent", why: "none fitted" });

/** A board without a keypad: a state that is told, and a device that works without. */
export class NoKeypad implements Keypad {
  readonly kind = "none";
  readonly state = none;

  start(_onKey: OnKey): void {}

  stop(): void {}
}
