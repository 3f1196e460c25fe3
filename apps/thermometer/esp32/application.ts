import I2C from "embedded:io/i2c";
import config from "mc/config";
import Timer from "timer";
import { ApplicationRuntime } from "../../../src/device/application/runtime.js";
import type { Bus } from "../i2c.js";
import { sensorOn } from "../sensors.js";
import { thermometer } from "../thermometer.js";
import { chip } from "./chip.js";

/** An SHT3x or BME280 on I2C, else the chip; `sensorData` and `sensorClock` of the manifest are the sensor's pins. */
const bus: Bus = {
  open: (address) =>
    new I2C({ data: Number(config.sensorData), clock: Number(config.sensorClock), hz: 100_000, address }),
  wait: (delay) => Timer.delay(delay),
};

export default (): ApplicationRuntime => new ApplicationRuntime(thermometer(() => sensorOn(bus, chip)));
