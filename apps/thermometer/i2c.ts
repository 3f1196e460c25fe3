/** What the sensors need of I2C. */

/** A device of ECMA-419's `embedded:io/i2c`; both throw when nobody acknowledges. */
export interface I2CDevice {
  read(into: Uint8Array): unknown;
  write(octets: Uint8Array): unknown;
  close(): void;
}

export interface Bus {
  open(address: number): I2CDevice;
  /** Milliseconds, in which nothing else happens. */
  wait(delay: number): void;
}

/** Degrees Celsius. */
export type Measure = () => number;
export type Sensor = (device: I2CDevice, wait: Bus["wait"]) => Measure;

export function answer(device: I2CDevice, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  device.read(octets);
  return octets;
}
