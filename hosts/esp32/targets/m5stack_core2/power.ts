import { type RegisterChip, type Steps, takeSteps } from "../shared/registers.js";

interface Sequence {
  /** Everything but the display's reset. */
  readonly supplies: Steps;
  /** Holds the display in reset, and lets it go. */
  readonly hold: Steps;
  readonly release: Steps;
}

/** Boards up to version 1.0 (data sheet of AXP192). */
const axp192 = Object.freeze<Sequence>({
  supplies: Object.freeze([
    ...[0x30, 0x04, 0x02], // what USB gives is not limited
    ...[0x92, 0xf8, 0x00], // GPIO1 and GPIO2: open drain
    ...[0x93, 0xf8, 0x00],
    ...[0x35, 0x1c, 0xa3], // the clock's cell is charged
    ...[0x26, 0x80, 0x6a], // DCDC1, the chip and all: 3.35 V
    ...[0x33, 0xf0, 0x00], // the battery is charged with 100 mA
    ...[0x27, 0x80, 0x54], // DCDC3, the display's light: 2.8 V
    ...[0x28, 0x00, 0xf2], // LDO2, the display's logic: 3.3 V; LDO3, vibration: 2.0 V, off
    ...[0x95, 0x72, 0x84], // GPIO4: output
    ...[0x36, 0x00, 0x4c], // the power key: on after 128 ms, off after 4 s
    ...[0x82, 0x00, 0xff], // all of it can be measured
    ...[0x91, 0x0f, 0xf0], // 5 V of the sockets come from the battery
    ...[0x90, 0xf8, 0x02],
    ...[0x12, 0xff, 0x46], // DCDC3, LDO2 and the 5 V: on
  ]),
  hold: Object.freeze([0x96, 0xfd, 0x00]),
  release: Object.freeze([0x96, 0xff, 0x02]),
});

/** Boards from version 1.1 on (data sheet of AXP2101). */
const axp2101 = Object.freeze<Sequence>({
  supplies: Object.freeze([
    ...[0x27, 0x00, 0x00], // the power key: on after 1 s, off after 4 s
    ...[0x10, 0x00, 0x30],
    ...[0x12, 0x00, 0x00],
    ...[0x68, 0x00, 0x01], // a battery is looked for
    ...[0x69, 0x00, 0x13], // the light shows the charging
    ...[0x99, 0x00, 0x0f], // DLDO1, vibration: 2.0 V, off
    ...[0x82, 0xe0, 0x12], // DCDC1: 3.3 V
    ...[0x80, 0xff, 0x05], // DCDC1, DCDC3: on
    ...[0x96, 0xe0, 0x17], // BLDO1, the display's light: 2.8 V
    ...[0x95, 0xe0, 0x1c], // ALDO4, the display's logic: 3.3 V
    ...[0x93, 0xe0, 0x1c], // ALDO2, the display's reset: 3.3 V
    ...[0x97, 0xe0, 0x1c], // BLDO2, the 5 V of the sockets
    ...[0x90, 0xff, 0x38], // BLDO1, ALDO4, BLDO2: on
  ]),
  hold: Object.freeze([0x90, 0xfd, 0x00]),
  release: Object.freeze([0x90, 0xff, 0x02]),
});

/**
 * Switches the supplies of an M5Stack Core2 on, and resets its display. `delay` waits, in milliseconds. The SDK's own
 * drivers take 7 KB of byte code, give the display's logic 1.8 V where it needs 3.3 V, and end with an exception on
 * boards with the second chip (SDK 8.2.3).
 */
export function switchOn(chip: RegisterChip, delay: (ms: number) => void): void {
  const { supplies, hold, release } = chip.readUint8(0x03) === 0x03 ? axp192 : axp2101;
  takeSteps(chip, supplies);
  takeSteps(chip, hold);
  delay(20);
  takeSteps(chip, release);
  delay(200);
}
