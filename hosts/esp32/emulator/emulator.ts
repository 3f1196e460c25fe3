import { hex } from "../../../src/base/octets.js";
import type { DisplayState } from "../../../src/device/display/display.js";
import { MonoDisplay, type MonoPanel } from "../../../src/device/display/mono/monoDisplay.js";
import type { Firmware } from "../../../src/device/firmware.js";
import { clock, switchOnWith, ticks } from "../composition.js";
import { TestControl } from "../sdkSimulator/control.js";
import { TcpLink } from "../sdkSimulator/tcpLink.js";
import { memory, open, read, room, write } from "./native.js";
import { serialSockets } from "./uart.js";

/** Serial ports of the chip: what the boot loader says is on the first, too, before the firmware's lines. */
const controlPort = 0;
const airPort = 1;

/** The display keeps what it shows: a panel has nothing to do. */
const panel: MonoPanel = Object.freeze({ open(): void {}, write(): void {}, close(): void {} });

/**
 * Switches a chip in an emulator on: a board's firmware, flash and native code, with a virtual radio
 * (docs/VIRTUAL-RADIO.md) and a test's hand and eye on two serial ports, and a display that is only memory.
 */
export function startEmulated(board: string): Firmware {
  const Socket = serialSockets({ open, read, room, write }, ticks());
  const display = new MonoDisplay(panel, ticks());
  const hand = new TestControl(Socket, controlPort, "keyboard", clock(), {
    picture: () => hex(display.octets),
    memory: () => JSON.parse(memory()) as unknown,
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
    (time) => ({ radio: new TcpLink({ Socket, host: "", port: airPort, clock: time }) }),
  );
}
