import Serial from "embedded:io/serial";
import config from "mc/config";
import type { Board } from "../../../src/device/board.js";
import { Console } from "../../../src/device/console/console.js";
import { Firmware } from "../../../src/device/firmware.js";
import { memory } from "../console/memory.js";
import { type SerialClass, type SerialPins, SerialPort } from "../console/serialPort.js";

/**
 * In place of ../system/switchOn.ts, under whose name it is built: imports have to lead from both folders to the same.
 * Switches a board on, with a console on the serial port that `config.console` names.
 */
export function switchOn(board: Board): Firmware {
  const port = new SerialPort(Serial as unknown as SerialClass, config.console as unknown as SerialPins);
  const { version, clock, log } = board;
  const seat = new Console({ port, version, clock, log, memory });
  port.open((octets) => seat.received(octets));
  const firmware = new Firmware({
    ...board,
    display: seat.watch(board.display),
    log: seat,
    notice: (notice) => {
      board.notice?.(notice);
      seat.notice(notice);
    },
  });
  seat.attach(firmware);
  firmware.boot();
  return firmware;
}
