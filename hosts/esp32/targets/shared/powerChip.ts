import type { Light } from "../../../../src/device/rest.js";
import type { RegisterChip, Steps } from "./registers.js";

/**
 * As `takeSteps` of ./registers.ts, which the set-up of a board has: that runs under another module's name, and the SDK
 * links a file once.
 */
export function setRegisters(chip: RegisterChip, steps: Steps): void {
  for (let i = 0; i < steps.length; i += 3) {
    const [register = 0, kept = 0, set = 0] = steps.slice(i, i + 3);
    chip.writeUint8(register, (chip.readUint8(register) & kept) | set);
  }
}

/** What hangs on a board's power chip, as steps on its registers. */
export interface PowerOutputs {
  /** The supply of the display's light; brighter with more volts. */
  readonly light: Readonly<Record<Light, Steps>>;
  /** How full the battery is, in percent; undefined when none is in. Throws what the bus throws. */
  battery(chip: RegisterChip): number | undefined;
  /** The motor that is felt, where there is one. */
  readonly motor?: { readonly on: Steps; readonly off: Steps };
}

/** Millivolts of a battery that is empty, and by how many more it is full. */
const emptyBattery = 3_300;
const fullBattery = 850;

/** From its volts: 1.1 mV a step in 12 bits. */
export function axp192Battery(chip: RegisterChip): number | undefined {
  if ((chip.readUint8(0x01) & 0x20) === 0) return undefined;
  const steps = (chip.readUint8(0x78) << 4) | (chip.readUint8(0x79) & 0x0f);
  const part = (1.1 * steps - emptyBattery) / fullBattery;
  return Math.round(100 * Math.min(1, Math.max(0, part)));
}

/** The chip's own gauge. */
const axp2101Battery = (chip: RegisterChip): number | undefined =>
  (chip.readUint8(0x00) & 0x08) === 0 ? undefined : Math.min(100, chip.readUint8(0xa4));

/** Core2 up to version 1.0, data sheet of AXP192. DCDC3: 2.8 V, 2.5 V, none. */
const axp192 = Object.freeze<PowerOutputs>({
  battery: axp192Battery,
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
  battery: axp2101Battery,
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
  battery: axp2101Battery,
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
    setRegisters(chip, light[level]);
