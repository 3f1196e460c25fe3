import { startEmulated } from "../../emulator/emulator.js";
import { airPort, serialPorts } from "../../emulator/ports.js";
import { TcpLink } from "../../sdkSimulator/tcpLink.js";

/**
 * An ESP32-C3 in QEMU's machine of that name: its radio, display and keypad are two serial ports. The radio is a virtual
 * one (docs/VIRTUAL-RADIO.md).
 */
startEmulated("emulator/esp32c3", (clock) => ({
  radio: new TcpLink({ Socket: serialPorts(), host: "", port: airPort, clock }),
}));
