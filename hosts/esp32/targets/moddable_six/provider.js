// ECMA-419's host provider instance of this board with its touch panel alone, as `shared/provider.js` for others. The
// panel's chip answers at one of two addresses, by the level that its interrupt's pin had when it was reset.

import I2C from "embedded:io/i2c";
import Touch from "embedded:sensor/Touch/GT911";

const bus = Object.freeze({ io: I2C, data: 4, clock: 5 });

function open(address) {
  try {
    return new Touch({ sensor: { ...bus, address } });
  } catch {
    return undefined;
  }
}

const device = {
  sensor: {
    Touch: class {
      constructor() {
        const touch = open(0x5d) ?? open(0x14);
        if (touch === undefined) throw new Error("no touch panel");
        // biome-ignore lint/correctness/noConstructorReturn: ECMA-419's classes of a provider are made so.
        return touch;
      }
    },
  },
};

export default device;
