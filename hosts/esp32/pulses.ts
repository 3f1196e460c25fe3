import type { PwmConstructor, PwmPin } from "./display/colour/backlight.js";

/** A small speaker on a pin that is modulated: a tone, not loud. Throws when the pin is taken. */
export function tone(io: PwmConstructor, pin: number): (on: boolean) => void {
  let output: PwmPin | undefined;
  return (on) => {
    output ??= new io({ pin, hz: 2_000 });
    output.write(on ? 64 : 0);
  };
}

interface OutputConstructor {
  readonly Output: number;
  new (options: { readonly pin: number; readonly mode: number }): { write(value: number): void };
}

/** A light on a pin, lit while that is high. Throws when the pin is taken. */
export function lamp(io: OutputConstructor, pin: number): (on: boolean) => void {
  let output: { write(value: number): void } | undefined;
  return (on) => {
    output ??= new io({ pin, mode: io.Output });
    output.write(on ? 1 : 0);
  };
}
