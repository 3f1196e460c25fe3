import { startEmulated } from "../../emulator/emulator.js";

/** An ESP32-C3 in QEMU's machine of that name: its radio, display and keypad are two serial ports. */
startEmulated("emulator/esp32c3");
