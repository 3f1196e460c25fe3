import Digital from "embedded:io/digital";
import PWM from "embedded:io/pwm";
import config from "mc/config";
import { TouchKeypad } from "../../../../src/device/display/colour/touchKeypad.js";
import { pinBacklight } from "../../display/colour/backlight.js";
import { openColourDisplay } from "../../display/colour/poco.js";
import { start, ticks } from "../../esp32.js";
import { classicTouch, turned90 } from "../../keypad/touchSenses.js";
import { lamp } from "../../pulses.js";

/** Moddable Two: 240×320, held on its side, and touched. The panel's touches are not turned with the picture. */

const display = openColourDisplay(screen, {
  rotation: 90,
  ticker: ticks(),
  backlight: pinBacklight(PWM, 18, true),
});
const { Touch } = config;

start({
  board: "esp32/moddable_two",
  display,
  signal: lamp(Digital, 2),
  keypad: new TouchKeypad({ sense: () => classicTouch(new Touch({}), turned90), display, ticker: ticks() }),
});
