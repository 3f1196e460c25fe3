import Digital from "embedded:io/digital";
import PWM from "embedded:io/pwm";
import SMBus from "embedded:io/smbus";
import { small } from "../../../../src/device/display/colour/smallMetrics.js";
import { openColourDisplay } from "../../display/colour/poco.js";
import { start, ticks } from "../../esp32.js";
import { digitalButton, ThreeButtons } from "../../keypad/buttons.js";
import { tone } from "../../pulses.js";
import { powerBacklight } from "../shared/powerChip.js";
import { stickOutputs } from "./outputs.js";
import { powerKey } from "./powerKey.js";

/** M5StickC Plus: 240×135; the power key, the button below the display and the one at its side are the three buttons. */

const chip = new SMBus({ data: 21, clock: 22, hz: 400_000, address: 0x34 });

start({
  board: "esp32/m5stick_cplus",
  display: openColourDisplay(screen, {
    grid: small,
    ticker: ticks(),
    backlight: powerBacklight(chip, stickOutputs),
  }),
  battery: () => stickOutputs.battery(chip),
  signal: tone(PWM, 2),
  keypad: new ThreeButtons({
    left: powerKey(chip),
    middle: digitalButton(Digital, 37),
    right: digitalButton(Digital, 39),
    ticker: ticks(),
  }),
});
