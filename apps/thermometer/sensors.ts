import { bme280 } from "./bme280.js";
import type { Bus, I2CDevice, Measure, Sensor } from "./i2c.js";
import { sht3x } from "./sht3x.js";
import type { Thermometer } from "./thermometer.js";

/** In the order in which they are looked for. */
const places: readonly { readonly address: number; readonly sensor: Sensor }[] = [
  { address: 0x44, sensor: sht3x },
  { address: 0x45, sensor: sht3x },
  { address: 0x76, sensor: bme280 },
  { address: 0x77, sensor: bme280 },
];

/**
 * The first sensor that answers, which is looked for again when it answers no more: unplugged, and perhaps another. `chip`
 * stands in where none ever has: once there was one, a chip that is warmer than the room is no answer.
 */
export function sensorOn(bus: Bus, chip?: Thermometer): Thermometer {
  let device: I2CDevice | undefined;
  let measure: Measure | undefined;
  let alone = chip;
  const close = (): void => {
    device?.close();
    device = undefined;
    measure = undefined;
  };
  const measured = (place?: (typeof places)[number]): number | undefined => {
    try {
      if (place !== undefined) {
        device = bus.open(place.address);
        measure = place.sensor(device, bus.wait);
      }
      return measure?.();
    } catch {
      close();
      return undefined;
    }
  };
  return {
    get ofChip() {
      return alone !== undefined;
    },
    read() {
      let value = measured();
      for (let i = 0; value === undefined && i < places.length; i++) {
        value = measured(places[i]);
      }
      if (value === undefined) return alone?.read();
      alone?.close();
      alone = undefined;
      return value;
    },
    close() {
      close();
      alone?.close();
    },
  };
}
