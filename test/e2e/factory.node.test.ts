import assert from "node:assert/strict";
import { readImportFile } from "../../hosts/factory/importFile.js";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import type { DeviceSpec } from "../../hosts/simulator/network/options.js";
import { hex } from "../../src/base/octets.js";
import { readFactoryData } from "../../src/keystore/factoryData.js";
import { withBench } from "../hosts/factory/bench.js";
import { readNvs } from "../hosts/factory/nvsReader.js";
import { SensorNetwork, sensor } from "../support/noUI.js";

/** A device without keypad with what stands in its flash, and the Server with what its import file says. */
function madeBy(names: readonly string[]) {
  let made: { readonly spec: DeviceSpec; readonly imports: ReturnType<typeof readImportFile> } | undefined;
  withBench((bench) => {
    const file = bench.write(
      "in.csv",
      `entityID,name\n${names.map((name, at) => `aa0${at},${name}`).join("\n")}\n`,
    );
    assert.equal(bench.batch("one", "--devices", file), 0);
    const imports = readImportFile(bench.path("one", "devices.csv"));
    const image = bench.octets("one", `${hex(imports[0]?.entityID ?? new Uint8Array(0))}.nvs.bin`);
    const record = readNvs(image)[0]?.value;
    const flash = { read: () => record && Uint8Array.from(record) };
    const { factoryEntityID: entityID, temporaryKey, name } = readFactoryData(nodeSuite, flash);
    assert.ok(entityID && temporaryKey && name);
    made = { spec: { ...sensor, entityID, temporaryKey: temporaryKey(), name }, imports };
  });
  return made ?? assert.fail();
}

describe("from the factory to the owner (SEC-05, SEC-06)", () => {
  it("a device enrols with what is in its flash at a Server that knows the import file", async () => {
    const { spec, imports } = madeBy(["Cellar", "Attic"]);
    const net = await new SensorNetwork({ ...spec }, { imports }).start();
    assert.equal(await net.atGateway("temporaryKey", undefined, spec.entityID), "done");
    assert.equal(net.keys, "enrolled");
  });

  it("and at no Server that knows other devices only", async () => {
    const { spec, imports } = madeBy(["Cellar", "Attic"]);
    const net = await new SensorNetwork({ ...spec }, { imports: imports.slice(1) }).start();
    assert.equal(await net.atGateway("temporaryKey", undefined, spec.entityID), "device.refused");
    assert.equal(net.keys, "empty");
  });
});
