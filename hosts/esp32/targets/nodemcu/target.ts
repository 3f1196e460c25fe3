import Digital from "embedded:io/digital";
import { MonoDisplay } from "../../../../src/device/display/mono/monoDisplay.js";
import { Ssd1306 } from "../../display/mono/ssd1306.js";
import { start, ticks } from "../../esp32.js";
import { I2C } from "../../i2c.js";
import { MatrixKeypad } from "../../keypad/matrix.js";
import { lamp } from "../../pulses.js";

/** NodeMCU ESP32 with an SSD1306 display on I2C and a keypad of 4×4 keys on pins that do not matter at its start. */

const bus = Object.freeze({ data: 21, clock: 22, hz: 400_000 });

start({
  board: "esp32/nodemcu",
  display: new MonoDisplay(new Ssd1306({ io: I2C, bus }), ticks()),
  signal: lamp(Digital, 2),
  keypad: new MatrixKeypad({
    io: Digital,
    rows: [13, 14, 27, 26],
    columns: [25, 33, 32, 4],
    ticker: ticks(),
  }),
});
