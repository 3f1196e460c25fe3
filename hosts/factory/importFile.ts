import { wipe } from "../../src/base/octets.js";
import type { Device } from "./device.js";
import { longestFile, readDevicesWithKeys } from "./devicesFile.js";
import { readSecretFile } from "./disk.js";

/**
 * The Server's import file, as the factory has written it: every device with its key, whose owner is the caller. All of
 * it is good, or FactoryError says which line is not, as `readDevices`.
 */
export function readImportFile(path: string): readonly Device[] {
  const file = readSecretFile(path, longestFile);
  try {
    return readDevicesWithKeys(file);
  } finally {
    wipe(file);
  }
}
