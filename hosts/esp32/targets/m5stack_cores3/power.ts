import { type RegisterChip, takeSteps } from "../shared/registers.js";

/** AXP2101, and of the expander AW9523 what the display and the touch panel hang on; values of the SDK's set-up. */
const supplies = Object.freeze([
  ...[0x90, 0x40, 0xbf], // every LDO but the chip's own: on
  ...[0x92, 0xe0, 0x0d], // ALDO1: 1.8 V
  ...[0x93, 0xe0, 0x1c], // ALDO2, ALDO3, ALDO4: 3.3 V
  ...[0x94, 0xe0, 0x1c],
  ...[0x95, 0xe0, 0x1c],
  ...[0x27, 0x00, 0x00], // the power key: on after 128 ms, off after 4 s
  ...[0x69, 0x00, 0x11], // the light shows the charging
  ...[0x10, 0x00, 0x30],
  ...[0x30, 0x00, 0x0f], // the battery can be measured
]);

const pins = Object.freeze([
  ...[0x02, 0x00, 0x07], // the touch panel's reset goes, the 5 V of the sockets come
  ...[0x03, 0x00, 0x83], // the display is held in reset
  ...[0x04, 0x00, 0x18], // which pins are inputs
  ...[0x05, 0x00, 0x0c],
  ...[0x11, 0x00, 0x10], // port 0 drives both ways
  ...[0x12, 0x00, 0xff], // none drives a light
  ...[0x13, 0x00, 0xff],
]);
const release = Object.freeze([0x03, 0xff, 0x20]);

/** Switches the supplies of an M5Stack CoreS3 on, and resets its display. `delay` waits, in milliseconds. */
export function switchOn(power: RegisterChip, expander: RegisterChip, delay: (ms: number) => void): void {
  takeSteps(power, supplies);
  takeSteps(expander, pins);
  delay(20);
  takeSteps(expander, release);
  delay(200);
}
