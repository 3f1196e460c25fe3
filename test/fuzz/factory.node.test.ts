import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { isRandomKey } from "../../hosts/factory/device.js";
import { devicesFile, readDevices, readDevicesWithKeys } from "../../hosts/factory/devicesFile.js";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { NamedError } from "../../src/base/errors.js";
import { hex } from "../../src/base/octets.js";
import { encodeFactoryData, isEntityID } from "../../src/keystore/factoryData.js";
import { SeededRandom } from "../support/seededRandom.js";

const key = (which: number): string => createHash("sha256").update(`fuzz ${which}`).digest("hex");
const whole = new TextEncoder().encode(
  `\ufeffentityID,temporaryKey,name\r\naa,${key(1)},Oven\r\n"bbcc",,"a, ""b"""\nDD,${key(2)},Küche\n`,
);
const pieces = ['"', ",", "\n", "\r", "\0", '""', "aa", "entityID", "=", "\ufeff", "\u202e", key(3)].map(
  (piece) => new TextEncoder().encode(piece),
);

function mutated(random: SeededRandom): Uint8Array {
  const octets = [...whole];
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const at = random.below(octets.length + 1);
    const piece = pieces[random.below(pieces.length)] ?? [];
    const kind = random.below(4);
    if (kind === 0) octets[at] = random.below(256);
    else if (kind === 1) octets.splice(at, random.below(40));
    else if (kind === 2) octets.splice(at, 0, ...piece);
    else octets.splice(at, piece.length, ...piece);
  }
  return Uint8Array.from(octets);
}

/** Undefined when it was refused as it should be: by name, with no octet of a key. */
function readOrRefused(file: Uint8Array): ReturnType<typeof readDevices> | undefined {
  try {
    return readDevices(file);
  } catch (error) {
    assert.ok(error instanceof NamedError, String(error));
    assert.match(error.message, /^factory\.(line: line \d+: [ -~]+|count)$/);
    return undefined;
  }
}

describe("the file of devices, by chance (SEC-06)", () => {
  it("gives devices that can be made and written again, or is refused by name", () => {
    const random = new SeededRandom(2026);
    let taken = 0;
    for (let round = 0; round < 20_000; round++) {
      const devices = readOrRefused(mutated(random));
      if (devices === undefined) continue;
      taken++;
      assert.equal(new Set(devices.map(({ entityID }) => hex(entityID))).size, devices.length);
      for (const device of devices) {
        assert.ok(isEntityID(device.entityID));
        assert.ok(device.temporaryKey === undefined || isRandomKey(device.temporaryKey));
        encodeFactoryData(nodeSuite, device);
      }
      const made = devices.map((one, at) => ({
        ...one,
        temporaryKey: one.temporaryKey ?? Uint8Array.from(Buffer.from(key(100 + at), "hex")),
      }));
      assert.deepEqual(readDevicesWithKeys(devicesFile(made)), made);
    }
    assert.ok(taken > 200 && taken < 15_000, `${taken} taken`);
  });

  it("is refused by name when it is noise", () => {
    const random = new SeededRandom(99);
    for (let round = 0; round < 5_000; round++) {
      assert.equal(readOrRefused(random.octets(random.below(200))), undefined);
    }
  });
});
