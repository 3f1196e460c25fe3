// ECMA-419's host provider instance for this board, with the parts that the firmware uses, as for the Core2.

import SMBus from "embedded:io/smbus";
import Touch from "embedded:sensor/Touch/FT6x06";

const device = {
  I2C: { internal: { io: SMBus, data: 12, clock: 11 } },
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
