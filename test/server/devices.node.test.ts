import assert from "node:assert/strict";
import { CpnsError } from "../../src/errors.js";
import { TestNetwork } from "../support/network.js";

const entityID = Uint8Array.from([1, 2, 3]);
const temporaryKey = Uint8Array.from({ length: 32 }, (_, i) => i + 1);

describe("the Server's table of Temporary Keys (SEC-06)", () => {
  it("takes a device once, and the same again without a word", async () => {
    const { server, serverStore } = new TestNetwork().network;
    await server.importDevice(entityID, temporaryKey);
    await server.importDevice(entityID, temporaryKey);
    const row = await serverStore.tables.devices.get("010203");
    assert.deepEqual(row?.temporaryKey, temporaryKey);
  });

  it("refuses another key for a known device, and what no factory makes", async () => {
    const { server, serverStore } = new TestNetwork().network;
    await server.importDevice(entityID, temporaryKey);
    const code = (wanted: string) => (error: unknown) => error instanceof CpnsError && error.code === wanted;
    const other = temporaryKey.slice().reverse();
    await assert.rejects(server.importDevice(entityID, other), code("device.known"));
    await assert.rejects(server.importDevice(new Uint8Array(33), other), code("device.entityID"));
    await assert.rejects(server.importDevice(entityID, new Uint8Array(32)), code("device.temporaryKey"));
    assert.deepEqual((await serverStore.tables.devices.get("010203"))?.temporaryKey, temporaryKey);
  });
});
