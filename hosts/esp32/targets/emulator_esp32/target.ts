import { startEmulated } from "../../emulator/emulator.js";
import { airPort, serialPorts } from "../../emulator/ports.js";
import { TcpLink } from "../../sdkSimulator/tcpLink.js";

/** The first ESP32, with Xtensa's cores, in QEMU's machine of that name; else as emulator/esp32c3. */
startEmulated("emulator/esp32", (clock) => ({
  radio: new TcpLink({ Socket: serialPorts(), host: "", port: airPort, clock }),
}));
