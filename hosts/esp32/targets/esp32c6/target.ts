import Digital from "embedded:io/digital";
import { MonoDisplay } from "../../../../src/device/display/mono/monoDisplay.js";
import { Ssd1306 } from "../../display/mono/ssd1306.js";
import { start, ticks } from "../../esp32.js";
import { I2C } from "../../i2c.js";
import { MatrixKeypad } from "../../keypad/matrix.js";

/** An ESP32-C6 devkit with an SSD1306 display on I2C and a keypad of 4×4 keys on pins that do not matter at its start. */

const bus = Object.freeze({ data: 6, clock: 7, hz: 400_000 });

start({
  board: "esp32/esp32c6",
  display: new MonoDisplay(new Ssd1306({ io: I2C, bus }), ticks()),
  keypad: new MatrixKeypad({ io: Digital, rows: [0, 1, 2, 3], columns: [10, 11, 18, 19], ticker: ticks() }),
});
