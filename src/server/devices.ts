import { CpnsError } from "../base/errors.js";
import { equalBytes, hex } from "../base/octets.js";
import type { ServerStore } from "../database/store.js";
import { isEntityID, isTemporaryKey } from "../keystore/factoryData.js";

/** A device as its factory tells the Server (SEC-06): Entity ID of 1 to 32 octets, Temporary Key of 32. */
export interface ImportedDevice {
  readonly entityID: Uint8Array;
  readonly temporaryKey: Uint8Array;
}

/**
 * Takes devices into the table of Temporary Keys (SEC-06): all of them, or none. The same device again is no error.
 * Returns how many were new. Throws CpnsError("device.entityID" | "device.temporaryKey") for what no factory makes,
 * "device.known" when a device has another key already; the detail of the last two is the Entity ID.
 */
export async function importDevices(store: ServerStore, devices: readonly ImportedDevice[]): Promise<number> {
  return store.transaction(async (tables) => {
    const fresh = new Map<string, Uint8Array>();
    for (const { entityID, temporaryKey } of devices) {
      if (!isEntityID(entityID)) throw new CpnsError("device.entityID");
      const name = hex(entityID);
      if (!isTemporaryKey(temporaryKey)) throw new CpnsError("device.temporaryKey", name);
      const known = fresh.get(name) ?? (await tables.devices.get(name))?.temporaryKey;
      if (known === undefined) fresh.set(name, temporaryKey);
      else if (!equalBytes(known, temporaryKey)) throw new CpnsError("device.known", name);
    }
    for (const [name, temporaryKey] of fresh) {
      await tables.devices.put(name, { temporaryKey });
      await tables.note("device.imported", { entity: name });
    }
    return fresh.size;
  });
}
