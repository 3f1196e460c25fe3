import { startAlone } from "../../emulator/emulator.js";
import { airPort, serialPorts } from "../../emulator/ports.js";
import { TcpLink } from "../../sdkSimulator/tcpLink.js";

/**
 * An ESP32-C3 in QEMU's machine of that name, with a console on its first serial port, as a board that was built with
 * one. Its radio is a virtual one on the second (docs/VIRTUAL-RADIO.md).
 */
startAlone("emulator/esp32c3_console", (clock) => ({
  radio: new TcpLink({ Socket: serialPorts(), host: "", port: airPort, clock }),
}));
