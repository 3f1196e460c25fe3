import { TouchKeypad } from "../../../../src/device/display/colour/touchKeypad.js";
import { openColourDisplay } from "../../display/colour/poco.js";
import { type HostScreen, hostTouch, turned90 } from "../../keypad/touchSenses.js";
import { startTwin, ticks } from "../../sdkSimulator/sdkSimulator.js";

/** The stand-in for Moddable Two in the SDK's simulator: a display that is touched with the mouse. */

const display = openColourDisplay(screen, { rotation: 90, ticker: ticks() });

startTwin(
  display,
  new TouchKeypad({ sense: () => hostTouch(screen as HostScreen, turned90), display, ticker: ticks() }),
);
