import { hex } from "../../../src/base/octets.js";
import type { DisplayState } from "../../../src/device/display/display.js";
import { MonoDisplay, type MonoPanel } from "../../../src/device/display/mono/monoDisplay.js";
import type { Firmware } from "../../../src/device/firmware.js";
import { clock, type RadioOf, switchOnWith, ticks } from "../composition.js";
import { TestControl } from "../sdkSimulator/control.js";
import { memory } from "./native.js";
import { controlPort, serialPorts } from "./ports.js";
import { WatchedRadio } from "./watchedRadio.js";

/** The display keeps what it shows: a panel has nothing to do. */
const panel: MonoPanel = Object.freeze({ open(): void {}, write(): void {}, close(): void {} });

/**
 * Switches a chip in an emulator on: a board's firmware, flash and native code, with a test's hand and eye on a serial
 * port, and a display that is only memory. What stands for its radio is on another serial port.
 */
export function startEmulated(board: string, radioOf: RadioOf): Firmware {
  const display = new MonoDisplay(panel, ticks());
  let radio: WatchedRadio | undefined;
  const hand = new TestControl(serialPorts(), controlPort, "keyboard", clock(), {
    picture: () => hex(display.octets),
    memory: () => JSON.parse(memory()) as unknown,
    link: () => radio?.link,
  });
  const watched = hand.watch(display);
  return switchOnWith(
    {
      board,
      display: {
        kind: "128x64",
        get state(): DisplayState {
          return display.state;
        },
        show: (screen) => watched.show(screen),
      },
      keypad: hand,
    },
    (time, log) => {
      const own = radioOf(time, log);
      radio = new WatchedRadio(own.radio);
      return { ...own, radio };
    },
  );
}
