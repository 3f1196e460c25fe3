import Digital from "embedded:io/digital";
import PWM from "embedded:io/pwm";
import SMBus from "embedded:io/smbus";
import { pinBacklight } from "../../display/colour/backlight.js";
import { openColourDisplay } from "../../display/colour/poco.js";
import { start, ticks } from "../../esp32.js";
import { I2C } from "../../i2c.js";
import { digitalButton, ThreeButtons } from "../../keypad/buttons.js";
import { I2cKeyboard } from "../../keypad/i2cKeyboard.js";
import { cardKB, facesKeyboard } from "../../keypad/keyCodes.js";
import { Keypads } from "../../keypad/keypads.js";
import { tone } from "../../pulses.js";
import { ip5306Battery } from "./ip5306.js";

/** 320×240, three buttons; CardKB or the Faces keyboard on I2C as soon as one is there. */

/** One that hangs holds the device up for 10 ms. */
const bus = Object.freeze({ data: 21, clock: 22, hz: 100_000, timeout: 10 });

/** Switches an M5Stack on, whichever of them; `board` is its name for updates. */
export function startM5Stack(board: string): void {
  start({
    board,
    display: openColourDisplay(screen, { ticker: ticks(), backlight: pinBacklight(PWM, 32) }),
    signal: tone(PWM, 25),
    battery: ip5306Battery(() => new SMBus({ ...bus, address: 0x75 })),
    keypad: new Keypads([
      new I2cKeyboard({ io: I2C, bus, model: cardKB, ticker: ticks() }),
      new I2cKeyboard({ io: I2C, bus, model: facesKeyboard, ticker: ticks() }),
      new ThreeButtons({
        left: digitalButton(Digital, 39),
        middle: digitalButton(Digital, 38),
        right: digitalButton(Digital, 37),
        ticker: ticks(),
      }),
    ]),
  });
}
