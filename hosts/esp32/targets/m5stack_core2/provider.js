// ECMA-419's host provider instance for this board, with the parts that the firmware uses. The SDK's own brings the
// clock, the motion sensor, two power chips and every kind of IO along: 26 KB of byte code for nobody. JavaScript,
// because the SDK's drivers have no types.

import Digital from "embedded:io/digital";
import SMBus from "embedded:io/smbus";
import Touch from "embedded:sensor/Touch/FT6x06";

const device = {
  I2C: { internal: { io: SMBus, data: 21, clock: 22 } },
  io: { Digital, SMBus },
  sensor: {
    Touch: class {
      constructor(options) {
        const touch = new Touch({
          ...options,
          sensor: device.I2C.internal,
          interrupt: { io: Digital, mode: Digital.Input, pin: 39 },
        });
        touch.configure({ threshold: 20 });
        // biome-ignore lint/correctness/noConstructorReturn: ECMA-419's classes of a provider are made so.
        return touch;
      }
    },
  },
};

export default device;
