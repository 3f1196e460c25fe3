// ECMA-419's host provider instance for this board, with the parts that the firmware and the SDK's set-up of the board
// use. The SDK's own brings the clock, the motion sensor and every kind of IO along: 18 KB of byte code for nobody.
// JavaScript, because the SDK's drivers have no types.

import Core2Power from "Core2Power";
import CoreTouch from "M5StackCoreTouch";
import Digital from "embedded:io/digital";
import SMBus from "embedded:io/smbus";

const internal = { io: SMBus, data: 21, clock: 22 };

const device = {
  I2C: { internal },
  io: { Digital, SMBus },
  sensor: {
    Touch: class {
      constructor(options) {
        const touch = new CoreTouch({
          ...options,
          sensor: internal,
          interrupt: { io: Digital, mode: Digital.Input, pin: 39 },
        });
        touch.configure({ threshold: 20 });
        // biome-ignore lint/correctness/noConstructorReturn: ECMA-419's classes of a provider are made so.
        return touch;
      }
    },
  },
  peripheral: {
    Power: class {
      constructor(options) {
        // biome-ignore lint/correctness/noConstructorReturn: as above.
        return new Core2Power({ ...options, peripheral: internal });
      }
    },
  },
};

export default device;
