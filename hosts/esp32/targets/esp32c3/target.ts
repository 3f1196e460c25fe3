import Digital from "embedded:io/digital";
import { MonoDisplay } from "../../../../src/device/display/mono/monoDisplay.js";
import { Ssd1306 } from "../../display/mono/ssd1306.js";
import { start, ticks } from "../../esp32.js";
import { I2C } from "../../i2c.js";
import { MatrixKeypad } from "../../keypad/matrix.js";

/** An ESP32-C3 devkit with an SSD1306 display on I2C and a keypad of 4×4 keys on pins that do not matter at its start. */

/** 18 and 19 are its USB port. 2 and 9 must be high at its start, as a bus that nobody uses is. */
const bus = Object.freeze({ data: 2, clock: 9, hz: 400_000 });

start({
  board: "esp32/esp32c3",
  display: new MonoDisplay(new Ssd1306({ io: I2C, bus }), ticks()),
  keypad: new MatrixKeypad({ io: Digital, rows: [0, 1, 3, 4], columns: [5, 6, 7, 10], ticker: ticks() }),
});
