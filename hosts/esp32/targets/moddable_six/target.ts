import PWM from "embedded:io/pwm";
import { TouchKeypad } from "../../../../src/device/display/colour/touchKeypad.js";
import { pinBacklight } from "../../display/colour/backlight.js";
import { openColourDisplay } from "../../display/colour/poco.js";
import { start, ticks } from "../../esp32.js";
import { type SensorTouch, sensorTouch } from "../../keypad/sensorTouch.js";
import { turned90 } from "../../keypad/touchSenses.js";

/** ECMA-419's host provider instance, as this board has it. */
declare const device: { readonly sensor: { readonly Touch: new (options: object) => SensorTouch } };

/** Moddable Six: 240×320, held on its side, and touched. The panel's touches are not turned with the picture. */

const display = openColourDisplay(screen, {
  rotation: 90,
  ticker: ticks(),
  backlight: pinBacklight(PWM, 14, true),
});

start({
  board: "esp32/moddable_six",
  display,
  keypad: new TouchKeypad({
    sense: () => sensorTouch(new device.sensor.Touch({}), turned90),
    display,
    ticker: ticks(),
  }),
});
