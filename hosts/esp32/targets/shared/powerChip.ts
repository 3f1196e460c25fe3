import type { Light } from "../../../../src/device/rest.js";
import { type RegisterChip, type Steps, takeSteps } from "./registers.js";

/** What hangs on a board's power chip, as steps on its registers. */
export interface PowerOutputs {
  /** The supply of the display's light; brighter with more volts. */
  readonly light: Readonly<Record<Light, Steps>>;
  /** The motor that is felt, where there is one. */
  readonly motor?: { readonly on: Steps; readonly off: Steps };
}

/** Core2 up to version 1.0, data sheet of AXP192. DCDC3: 2.8 V, 2.5 V, none. */
const axp192 = Object.freeze<PowerOutputs>({
  light: Object.freeze({
    full: Object.freeze([0x27, 0x80, 0x54, 0x12, 0xff, 0x02]),
    dim: Object.freeze([0x27, 0x80, 0x48, 0x12, 0xff, 0x02]),
    dark: Object.freeze([0x12, 0xfd, 0x00]),
  }),
  // LDO3.
  motor: Object.freeze({ on: Object.freeze([0x12, 0xff, 0x08]), off: Object.freeze([0x12, 0xf7, 0x00]) }),
});

/** Core2 from version 1.1 on, data sheet of AXP2101. BLDO1: the same. */
const axp2101 = Object.freeze<PowerOutputs>({
  light: Object.freeze({
    full: Object.freeze([0x96, 0xe0, 0x17, 0x90, 0xff, 0x10]),
    dim: Object.freeze([0x96, 0xe0, 0x14, 0x90, 0xff, 0x10]),
    dark: Object.freeze([0x90, 0xef, 0x00]),
  }),
  // DLDO1.
  motor: Object.freeze({ on: Object.freeze([0x90, 0xff, 0x80]), off: Object.freeze([0x90, 0x7f, 0x00]) }),
});

/** Register 3 says which chip it is. */
export const core2Outputs = (chip: RegisterChip): PowerOutputs =>
  chip.readUint8(0x03) === 0x03 ? axp192 : axp2101;

/** CoreS3, AXP2101. DLDO1: 3.3 V, 2.5 V, none. */
const coreS3 = Object.freeze<PowerOutputs>({
  light: Object.freeze({
    full: Object.freeze([0x99, 0xe0, 0x1c, 0x90, 0xff, 0x80]),
    dim: Object.freeze([0x99, 0xe0, 0x14, 0x90, 0xff, 0x80]),
    dark: Object.freeze([0x90, 0x7f, 0x00]),
  }),
});
export const coreS3Outputs = (): PowerOutputs => coreS3;

/** The light of a display behind its board's power chip. Throws what the bus throws. */
export const powerBacklight =
  (chip: RegisterChip, { light }: PowerOutputs) =>
  (level: Light): void =>
    takeSteps(chip, light[level]);
