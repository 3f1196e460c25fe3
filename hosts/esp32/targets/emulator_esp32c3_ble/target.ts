import { startEmulated } from "../../emulator/emulator.js";
import { bluetooth } from "../../esp32.js";

/**
 * An ESP32-C3 in QEMU's machine of that name, with a board's Bluetooth: the SDK's GATT server, our C and NimBLE. Its
 * controller is whatever speaks HCI on the second serial port.
 */
startEmulated("emulator/esp32c3_ble", bluetooth);
