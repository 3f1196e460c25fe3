import { hex } from "../../../src/base/octets.js";
import type { DisplayPort } from "../../../src/device/board.js";
import type { DisplayState } from "../../../src/device/display/display.js";
import { MonoDisplay, type MonoPanel } from "../../../src/device/display/mono/monoDisplay.js";
import type { Firmware } from "../../../src/device/firmware.js";
import { clock, type Esp32Board, type RadioOf, switchOnWith, ticks } from "../composition.js";
import { NoKeypad } from "../keypad/none.js";
import { TestControl } from "../sdkSimulator/control.js";
import { counts, work } from "./counts.js";
import { memory, stall } from "./native.js";
import { controlPort, serialPorts } from "./ports.js";
import { WatchedRadio } from "./watchedRadio.js";

/** The display keeps what it shows: a panel has nothing to do. */
const panel: MonoPanel = Object.freeze({ open(): void {}, write(): void {}, close(): void {} });

function shown(display: MonoDisplay, show: DisplayPort["show"]): Esp32Board["display"] {
  return {
    kind: "128x64",
    get state(): DisplayState {
      return display.state;
    },
    show,
  };
}

/** A step of JavaScript that never ends. */
function hung(): never {
  for (;;);
}

/** The same chip without hand and eye: its first serial port is left to others, and it has no keypad. */
export function startAlone(board: string, radioOf: RadioOf): Firmware {
  const display = new MonoDisplay(panel, ticks());
  return switchOnWith(
    { board, display: shown(display, (screen) => display.show(screen)), keypad: new NoKeypad() },
    radioOf,
  );
}

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
    work,
    counts,
    hang: hung,
    stall,
  });
  const watched = hand.watch(display);
  return switchOnWith(
    {
      board,
      display: shown(display, (screen) => watched.show(screen)),
      keypad: hand,
    },
    (time, log) => {
      const own = radioOf(time, log);
      radio = new WatchedRadio(own.radio);
      return { ...own, radio };
    },
  );
}
