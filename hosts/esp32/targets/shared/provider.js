// ECMA-419's host provider instance of boards with a touch panel, with the parts that the firmware uses. The SDK's own
// bring the clock, the motion sensor, two power chips and every kind of IO along: 26 KB of byte code for nobody.
// `busData` and `busClock` of the target's manifest are the pins of the board's own bus. JavaScript, because the SDK's
// drivers have no types.

import SMBus from "embedded:io/smbus";
import Touch from "embedded:sensor/Touch/FT6x06";
import config from "mc/config";

const device = {
  I2C: { internal: { io: SMBus, data: config.busData, clock: config.busClock } },
  io: { SMBus },
  sensor: {
    Touch: class {
      constructor(options) {
        const touch = new Touch({ ...options, sensor: device.I2C.internal });
        touch.configure({ threshold: 20 });
        // biome-ignore lint/correctness/noConstructorReturn: ECMA-419's classes of a provider are made so.
        return touch;
      }
    },
  },
};

export default device;
