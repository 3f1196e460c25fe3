import Digital from "embedded:io/digital";
import { MonoDisplay } from "../../../../src/device/display/mono/monoDisplay.js";
import { Ssd1306 } from "../../display/mono/ssd1306.js";
import { start, ticks } from "../../esp32.js";
import { I2C } from "../../i2c.js";
import { MatrixKeypad } from "../../keypad/matrix.js";

/** An ESP32-S3 devkit with an SSD1306 display on I2C and a keypad of 4×4 keys on pins that do not matter at its start. */

const bus = Object.freeze({ data: 4, clock: 5, hz: 400_000 });

start({
  board: "esp32/esp32s3",
  display: new MonoDisplay(new Ssd1306({ io: I2C, bus }), ticks()),
  keypad: new MatrixKeypad({ io: Digital, rows: [6, 7, 15, 16], columns: [17, 18, 8, 9], ticker: ticks() }),
});
