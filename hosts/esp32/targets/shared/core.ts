import { TouchKeypad } from "../../../../src/device/display/colour/touchKeypad.js";
import { openColourDisplay } from "../../display/colour/poco.js";
import { start, ticks } from "../../esp32.js";
import { type SensorTouch, sensorTouch } from "../../keypad/sensorTouch.js";
import type { Turn } from "../../keypad/touchSenses.js";

/** ECMA-419's host provider instance, as this board has it. */
declare const device: { readonly sensor: { readonly Touch: new (options: object) => SensorTouch } };

/** Core2's panel reaches 40 lines below the display, over three printed circles: they are the soft keys above them. */
const withCircles: Turn = ({ x, y }) => ({ x, y: Math.min(y, 239) });

/** Switches an M5Stack Core on that is touched: 320×240 in its own rotation; `board` is its name for updates. */
export function startCore(board: string): void {
  const display = openColourDisplay(screen, { ticker: ticks() });
  start({
    board,
    display,
    keypad: new TouchKeypad({
      sense: () => sensorTouch(new device.sensor.Touch({}), withCircles),
      display,
      ticker: ticks(),
    }),
  });
}
