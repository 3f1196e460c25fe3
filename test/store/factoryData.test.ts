import assert from "node:assert/strict";
import { FactoryName, factoryNamespace, readFactoryData } from "../../src/store/factoryData.js";
import { codeOf } from "../support/codeOf.js";
import { MemoryStore } from "../support/memoryStore.js";

const entityID = Uint8Array.from([1, 2, 3]);
const temporaryKey = Uint8Array.from({ length: 32 }, (_, i) => i + 1);

function factory(values: Readonly<Record<string, Uint8Array>>): MemoryStore {
  const store = new MemoryStore();
  for (const [name, value] of Object.entries(values)) store.write(name, value);
  return store;
}

describe("what the factory wrote into the device (SEC-06, C-12, C-04)", () => {
  it("is an Entity ID and a Temporary Key, of which every reader gets a copy of his own", () => {
    const data = readFactoryData(factory({ entityID, temporaryKey }));
    assert.deepEqual(data.factoryEntityID, entityID);
    data.temporaryKey?.().fill(0);
    assert.deepEqual(data.temporaryKey?.(), temporaryKey);
  });

  it("may be nothing, or an Entity ID alone", () => {
    assert.deepEqual(readFactoryData(factory({})), {});
    assert.deepEqual(readFactoryData(factory({ entityID })), { factoryEntityID: entityID });
  });

  it("is refused by name when no factory can have meant it", () => {
    const bad: readonly Readonly<Record<string, Uint8Array>>[] = [
      { entityID: new Uint8Array(0) },
      { entityID: new Uint8Array(33) },
      { temporaryKey },
      { entityID, temporaryKey: temporaryKey.slice(1) },
      { entityID, temporaryKey: new Uint8Array(32) },
    ];
    for (const values of bad) {
      assert.equal(
        codeOf(() => readFactoryData(factory(values))),
        "store.factory",
      );
    }
  });

  it("has names that flash takes: 15 characters at most", () => {
    for (const name of [factoryNamespace, ...Object.values(FactoryName)]) assert.ok(name.length <= 15);
  });
});
