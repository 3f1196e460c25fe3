import type { ButtonSource } from "../../keypad/buttons.js";
import type { RegisterChip } from "../shared/registers.js";

/** The register that says what the key has done since it was last cleared: a short press, a long one. */
const status = 0x46;
const short = 0x02;
const long = 0x01;
/** The chip is asked at each of so many looks: it does not change sooner. */
const every = 5;
/** Looks, of 10 ms, that a press lasts: longer than the keypad's contacts bounce, and longer than a long press. */
const shortLasts = 8;
const longLasts = 75;

/**
 * The power key of an AXP192 as a button: the chip tells a press when it is over, or has lasted for 1.5 s. Held for 4 s
 * it switches the board off, which nobody here can help.
 */
export const powerKey =
  (chip: RegisterChip): ButtonSource =>
  () => {
    let looks = 0;
    let left = 0;
    return {
      pressed: () => {
        if (left > 0) left--;
        else if (++looks % every === 0) {
          const said = chip.readUint8(status) & (short | long);
          // What is written as 1 is cleared.
          if (said !== 0) chip.writeUint8(status, said);
          left = (said & long) !== 0 ? longLasts : said !== 0 ? shortLasts : 0;
        }
        return left > 0;
      },
      close: () => {},
    };
  };
