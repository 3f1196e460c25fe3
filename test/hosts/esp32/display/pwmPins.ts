import assert from "node:assert/strict";
import type { PwmConstructor } from "../../../../hosts/esp32/display/colour/backlight.js";

/** Pins that are modulated, and what was done to them; one below 0 is taken by somebody else. */
export function pwmPins(): { readonly io: PwmConstructor; readonly done: string[] } {
  const done: string[] = [];
  const io: PwmConstructor = class {
    readonly #pin: number;

    constructor({ pin, hz }: { pin: number; hz?: number }) {
      if (pin < 0) throw new Error("in use");
      this.#pin = pin;
      done.push(hz === undefined ? `${pin} taken` : `${pin} taken at ${hz} Hz`);
    }

    write(duty: number): void {
      assert.ok(duty >= 0 && duty <= 1023);
      done.push(`${this.#pin}=${duty}`);
    }

    close(): void {
      done.push(`${this.#pin} closed`);
    }
  };
  return { io, done };
}
