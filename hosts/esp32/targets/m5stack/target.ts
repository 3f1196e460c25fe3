import { openColourDisplay } from "../../display/colour/poco.js";
import { start, ticks } from "../../esp32.js";
import { I2C } from "../../i2c.js";
import { type ButtonSource, ThreeButtons } from "../../keypad/buttons.js";
import { I2cKeyboard } from "../../keypad/i2cKeyboard.js";
import { cardKB, facesKeyboard } from "../../keypad/keyCodes.js";
import { Keypads } from "../../keypad/keypads.js";

/** M5Stack: 320×240, three buttons; CardKB or the Faces keyboard on I2C as soon as one is there. */

/** What the SDK's set-up of the target makes: 0 while pressed. */
declare const button: Readonly<Record<"a" | "b" | "c", { read(): number }>>;

/** The SDK's set-up of the target opens and debounces them; a pressed one is low. */
const boardButton =
  (name: "a" | "b" | "c"): ButtonSource =>
  () => ({ pressed: () => button[name].read() === 0, close() {} });

const bus = Object.freeze({ data: 21, clock: 22, hz: 100_000 });

start({
  display: openColourDisplay(screen, { ticker: ticks() }),
  keypad: new Keypads([
    new I2cKeyboard({ io: I2C, bus, model: cardKB, ticker: ticks() }),
    new I2cKeyboard({ io: I2C, bus, model: facesKeyboard, ticker: ticks() }),
    new ThreeButtons({
      left: boardButton("a"),
      middle: boardButton("b"),
      right: boardButton("c"),
      ticker: ticks(),
    }),
  ]),
});
