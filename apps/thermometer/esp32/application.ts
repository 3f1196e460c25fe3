import I2C from "embedded:io/i2c";
import SHT3x from "embedded:sensor/Humidity-Temperature/SHT3x";
import config from "mc/config";
import { ApplicationRuntime } from "../../../src/device/application/runtime.js";
import { type Thermometer, thermometer } from "../thermometer.js";

/** An SHT3x on I2C, by its ECMA-419 driver; `sensorData` and `sensorClock` of the manifest are its pins. */
const open = (): Thermometer => {
  const sensor = new SHT3x({
    sensor: { io: I2C, data: Number(config.sensorData), clock: Number(config.sensorClock), hz: 100_000 },
  });
  return {
    read() {
      try {
        return sensor.sample().thermometer.temperature;
      } catch {
        // Unplugged: it may be there again at the next reading.
        return undefined;
      }
    },
    close: () => sensor.close(),
  };
};

export default (): ApplicationRuntime => new ApplicationRuntime(thermometer(open));
