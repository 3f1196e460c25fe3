import { TouchKeypad } from "../../../../src/device/display/colour/touchKeypad.js";
import { openColourDisplay } from "../../display/colour/poco.js";
import { start, ticks } from "../../esp32.js";
import { type SensorTouch, sensorTouch } from "../../keypad/sensorTouch.js";
import type { Turn } from "../../keypad/touchSenses.js";

/** M5Stack CoreS3: 320×240 in its own rotation, and touched; `setup.ts` switches the power on. */

/** ECMA-419's host provider instance, as this board has it. */
declare const device: { readonly sensor: { readonly Touch: new (options: object) => SensorTouch } };

/** What is touched at the lower edge is the soft key there. */
const withCircles: Turn = ({ x, y }) => ({ x, y: Math.min(y, 239) });

const display = openColourDisplay(screen, { ticker: ticks() });

start({
  board: "esp32/m5stack_cores3",
  display,
  keypad: new TouchKeypad({
    sense: () => sensorTouch(new device.sensor.Touch({}), withCircles),
    display,
    ticker: ticks(),
  }),
});
