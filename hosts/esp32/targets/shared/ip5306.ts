import type { RegisterChip } from "./registers.js";

/** Its four lights in register 0x78, from none to all that are lit; a light that is off is a bit that is set. */
const lights = Object.freeze([0xf, 0xe, 0xc, 0x8, 0x0]);

/**
 * How full the battery behind an IP5306 is, in quarters; undefined where the lights make no level. Throws what the bus
 * throws: an IP5306 without I2C, as older boards have it, does not answer. The chip is opened at the first question.
 */
export function ip5306Battery(open: () => RegisterChip): () => number | undefined {
  let chip: RegisterChip | undefined;
  return () => {
    chip ??= open();
    const lit = lights.indexOf(chip.readUint8(0x78) >> 4);
    return lit < 0 ? undefined : 25 * lit;
  };
}
