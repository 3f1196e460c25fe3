import { type RegisterChip, type Steps, takeSteps } from "../shared/registers.js";

/** Data sheet of AXP192; what hangs on its outputs is of M5Stack's own library for the M5StickC. */
const supplies: Steps = Object.freeze([
  ...[0x28, 0x00, 0xcc], // LDO2, the display's light, and LDO3, its logic: 3.0 V
  ...[0x82, 0x00, 0xff], // all of it can be measured
  ...[0x33, 0x00, 0xc0], // the battery is charged with 100 mA, to 4.2 V
  ...[0x36, 0x00, 0x5c], // the power key: on after 512 ms, long after 1.5 s, off after 4 s
  ...[0x12, 0xff, 0x4d], // DCDC1, the chip; LDO2, LDO3 and the 5 V: on
]);

/** Switches the supplies of an M5StickC Plus on; `delay` waits, in milliseconds, for the display to have its own. */
export function switchOn(chip: RegisterChip, delay: (ms: number) => void): void {
  takeSteps(chip, supplies);
  delay(100);
}
