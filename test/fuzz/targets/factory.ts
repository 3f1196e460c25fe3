import assert from "node:assert/strict";
import { isRandomKey } from "../../../hosts/factory/device.js";
import { devicesFile, readDevices, readDevicesWithKeys } from "../../../hosts/factory/devicesFile.js";
import { hex } from "../../../src/base/octets.js";
import { isEntityID } from "../../../src/keystore/factoryData.js";
import { named, type Target } from "../target.js";

/** A maker's file of devices: taken whole and written the same way again, or refused with its line. */
export const factory: Target = {
  name: "factory",
  run: (input) =>
    named(() => {
      const devices = readDevices(input);
      assert.equal(new Set(devices.map(({ entityID }) => hex(entityID))).size, devices.length);
      for (const { entityID, temporaryKey } of devices)
        assert.ok(isEntityID(entityID) && (temporaryKey === undefined || isRandomKey(temporaryKey)));
      const whole = devices.flatMap(({ temporaryKey, ...one }) =>
        temporaryKey === undefined ? [] : [{ ...one, temporaryKey }],
      );
      if (whole.length > 0) assert.deepEqual(readDevicesWithKeys(devicesFile(whole)), whole);
      const namesToo = devices.filter(({ name }) => name !== undefined).length;
      return `${Math.min(devices.length, 4)} ${Math.min(whole.length, 4)} ${Math.min(namesToo, 4)}`;
    }),
};
