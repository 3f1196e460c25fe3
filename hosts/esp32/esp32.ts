import { GATTServer } from "embedded:io/bluetoothle/peripheral";
import type { Firmware } from "../../src/device/firmware.js";
import { PairingPrompt } from "../../src/device/pairing.js";
import { type Esp32Board, type RadioOf, switchOnWith } from "./composition.js";
import { BleLink } from "./link/bleLink.js";
import type { GattServerClass } from "./link/gatt.js";
import { bleStack } from "./link/stack.js";
import { version } from "./version.js";

export { clock, ticks } from "./composition.js";

/** As it is, not as the SDK's typings have it. */
const GattServer = GATTServer as unknown as GattServerClass;

/** The chip's own radio. */
export const bluetooth: RadioOf = (time, log) => {
  const pairing = new PairingPrompt(time);
  return {
    radio: new BleLink({ GattServer, stack: bleStack, version, clock: time, log, pairing }),
    pairing,
  };
};

/** Switches a board on: everything but display and keypad is the same on each. */
export const start = (board: Esp32Board): Firmware => switchOnWith(board, bluetooth);
