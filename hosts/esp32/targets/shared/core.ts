import SMBus from "embedded:io/smbus";
import config from "mc/config";
import { TouchKeypad } from "../../../../src/device/display/colour/touchKeypad.js";
import { openColourDisplay } from "../../display/colour/poco.js";
import { start, ticks } from "../../esp32.js";
import { type SensorTouch, sensorTouch } from "../../keypad/sensorTouch.js";
import type { Turn } from "../../keypad/touchSenses.js";
import { type PowerOutputs, powerBacklight, setRegisters } from "./powerChip.js";
import type { RegisterChip } from "./registers.js";

/** ECMA-419's host provider instance, as this board has it. */
declare const device: { readonly sensor: { readonly Touch: new (options: object) => SensorTouch } };

/** Core2's panel reaches 40 lines below the display, over three printed circles: they are the soft keys above them. */
const withCircles: Turn = ({ x, y }) => ({ x, y: Math.min(y, 239) });

/** Switches an M5Stack Core on that is touched: 320×240 in its own rotation; `board` is its name for updates. The power chip has the same
 * address on both. */
export function startCore(board: string, outputsOf: (chip: RegisterChip) => PowerOutputs): void {
  const chip = new SMBus({
    data: Number(config.busData),
    clock: Number(config.busClock),
    hz: 400_000,
    address: 0x34,
  });
  const outputs = outputsOf(chip);
  const { motor } = outputs;
  const display = openColourDisplay(screen, {
    ticker: ticks(),
    backlight: powerBacklight(chip, outputs),
  });
  start({
    board,
    display,
    battery: () => outputs.battery(chip),
    ...(motor && { signal: (on) => setRegisters(chip, on ? motor.on : motor.off) }),
    keypad: new TouchKeypad({
      sense: () => sensorTouch(new device.sensor.Touch({}), withCircles),
      display,
      ticker: ticks(),
    }),
  });
}
