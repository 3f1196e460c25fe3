import type { Light } from "../../../../src/device/rest.js";

/** A pin of ECMA-419's `embedded:io/pwm`, with the SDK's ten bits unless told. */
export interface PwmPin {
  write(duty: number): void;
  close(): void;
}

export type PwmConstructor = new (options: { readonly pin: number; readonly hz?: number }) => PwmPin;

const bright: Readonly<Record<Light, number>> = Object.freeze({ full: 1023, dim: 80, dark: 0 });

/**
 * A backlight on a pin, as the display's driver leaves it until it is dimmed; `inverted` where a low pin is light. Throws
 * when the pin is taken.
 */
export function pinBacklight(io: PwmConstructor, pin: number, inverted = false): (light: Light) => void {
  let output: PwmPin | undefined;
  return (light) => {
    output ??= new io({ pin });
    output.write(inverted ? 1023 - bright[light] : bright[light]);
  };
}
