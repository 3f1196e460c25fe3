import { answer, type Sensor } from "./i2c.js";

/** Thermometer of Bosch, data sheet BST-BME280-DS002. */

/** The register of the chip's kind, and that of a BME280 and of a BMP280, which measures temperature in the same way. */
const kind = 0xd0;
const kinds = [0x60, 0x58];
/** Of skipped measurements, and of what has just got its power. */
const nothing = 0x80000;

export const bme280: Sensor = (device, wait) => {
  const register = (number: number, length: number): Uint8Array => {
    device.write(Uint8Array.of(number));
    return answer(device, length);
  };
  if (!kinds.includes(register(kind, 1)[0] ?? 0)) throw new Error("another chip");
  const factory = new DataView(register(0x88, 6).buffer);
  const t1 = factory.getUint16(0, true);
  const t2 = factory.getInt16(2, true);
  const t3 = factory.getInt16(4, true);
  return () => {
    // Temperature once, no pressure, forced mode (clause 5.4.5), which takes 3.6 ms at most (clause 9.1).
    device.write(Uint8Array.of(0xf4, 0x21));
    wait(5);
    const said = new DataView(register(0xfa, 3).buffer);
    const raw = said.getUint16(0) * 16 + (said.getUint8(2) >> 4);
    if (raw === nothing) throw new Error("no measurement");
    // Appendix 8.1.
    const near = raw / 131_072 - t1 / 8_192;
    return (near * 8 * t2 + near * near * t3) / 5_120;
  };
};
