import { ticks } from "../composition.js";
import type { TcpSocketClass } from "../sdkSimulator/socket.js";
import { open, read, room, write } from "./native.js";
import { serialSockets } from "./uart.js";

/** Serial ports of the chip: what the boot loader says is on the first, too, before the firmware's lines. */
export const controlPort = 0;
export const airPort = 1;

/** A socket of the SDK's for each of them. */
export const serialPorts = (): TcpSocketClass => serialSockets({ open, read, room, write }, ticks());
