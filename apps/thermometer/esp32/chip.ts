import type { Thermometer } from "../thermometer.js";

/** The functions of c/cpnsChipTemperature.c. */

function celsius(this: unknown): number | undefined {
  return native("xs_cpns_chip_temperature").call(this);
}

function close(this: unknown): void {
  native("xs_cpns_chip_temperature_close").call(this);
}

/** The chip's own sensor (ESP32-C3, -C6, -S3; not the first ESP32): how warm the chip is, which is more than the room. */
export const chip: Thermometer = Object.freeze({ read: () => celsius(), close: () => close() });
