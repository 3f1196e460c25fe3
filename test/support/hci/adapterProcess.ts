import fs from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { BleLink } from "../../../hosts/esp32/link/bleLink.js";
import { WallClock } from "../../../hosts/simulator/world/clock.js";
import { silentLog } from "../../../src/base/ports.js";
import { WholeDevice } from "../wholeDevice.js";
import { AdapterSocket, TestAdapter } from "./adapter.js";
import { Air } from "./air.js";
import { airStack } from "./airConnection.js";
import { HciController } from "./controller.js";
import { AirPeripheral } from "./peripheral.js";

/*
 * Loaded into a gateway's process before its own code (node --import): the machine has an adapter that is plugged in, or
 * pulled out, at each SIGUSR2, and a device is in the air. The gateway and noble are as they are.
 */

const air = new Air();
const adapter = new TestAdapter(new HciController({ air, address: "00:1b:dc:00:00:01" }));
let plugged = false;

/** Whichever driver noble asks for. */
class OwnSocket extends AdapterSocket {
  override bindUser(device: number | undefined): void {
    super.bindUser(device, adapter);
  }

  override bindRaw(device: number | undefined): void {
    super.bindUser(device, adapter);
  }
}
const sockets = createRequire(import.meta.url)("@stoprocent/bluetooth-hci-socket") as {
  loadDriver(): unknown;
};
sockets.loadDriver = () => OwnSocket;

/** What Linux tells of adapters, and of what this process may. */
const { readdirSync, readFileSync } = fs;
const files = fs as { readdirSync: unknown; readFileSync: unknown };
files.readdirSync = (folder: string, ...more: never[]) =>
  folder.startsWith("/sys/class/bluetooth")
    ? folder === "/sys/class/bluetooth" && plugged
      ? ["hci0"]
      : []
    : readdirSync(folder, ...more);
files.readFileSync = (file: string, ...more: never[]) =>
  file === "/proc/self/status" ? "CapEff:\t000001ffffffffff\n" : readFileSync(file, ...more);
syncBuiltinESMExports();

adapter.up = false;
process.on("SIGUSR2", () => {
  plugged = !plugged;
  adapter.plug(plugged);
});

const clock = new WallClock();
const { GattServer } = new AirPeripheral({ air, address: "c6:00:00:00:00:01", mtu: 185 });
const link = new BleLink({ GattServer, stack: airStack, version: "0.0.0", clock, log: silentLog });
new WholeDevice("in the air", clock, link);
