import assert from "node:assert/strict";
import { CpnsError } from "../../src/base/errors.js";
import { TestNetwork } from "../support/network.js";

const entityID = Uint8Array.from([1, 2, 3]);
const temporaryKey = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const other = temporaryKey.slice().reverse();
const code = (wanted: string) => (error: unknown) => error instanceof CpnsError && error.code === wanted;

describe("the Server's table of Temporary Keys (SEC-06)", () => {
  it("takes a device once, and the same again without a word", async () => {
    const { server, serverStore } = new TestNetwork().network;
    const second = { entityID: Uint8Array.from([4]), temporaryKey: other };
    assert.equal(await server.importDevices([{ entityID, temporaryKey }]), 1);
    assert.equal(await server.importDevices([{ entityID, temporaryKey }, second]), 1);
    assert.deepEqual((await serverStore.get("devices", "010203"))?.temporaryKey, temporaryKey);
    assert.deepEqual((await serverStore.get("devices", "04"))?.temporaryKey, other);
  });

  it("refuses another key for a known device, and what no factory makes, with all that came beside it", async () => {
    const { server, serverStore } = new TestNetwork().network;
    await server.importDevices([{ entityID, temporaryKey }]);
    const good = { entityID: Uint8Array.from([4]), temporaryKey: other };
    const refused = [
      [{ entityID, temporaryKey: other }, "device.known"],
      [{ entityID: new Uint8Array(33), temporaryKey: other }, "device.entityID"],
      [{ entityID, temporaryKey: new Uint8Array(32) }, "device.temporaryKey"],
    ] as const;
    for (const [device, wanted] of refused) {
      await assert.rejects(server.importDevices([good, device]), code(wanted));
      await assert.rejects(server.importDevices([device, good]), code(wanted));
    }
    await assert.rejects(server.importDevices([good, { ...good, temporaryKey }]), code("device.known"));
    assert.equal(
      await server.importDevices([
        { entityID, temporaryKey },
        { entityID, temporaryKey },
      ]),
      0,
    );
    assert.deepEqual((await serverStore.get("devices", "010203"))?.temporaryKey, temporaryKey);
    assert.equal(await serverStore.get("devices", "04"), undefined);
  });

  it("keeps a copy of its own", async () => {
    const { server, serverStore } = new TestNetwork().network;
    const key = Buffer.from(temporaryKey);
    await server.importDevices([{ entityID, temporaryKey: key }]);
    key.fill(0);
    assert.deepEqual((await serverStore.get("devices", "010203"))?.temporaryKey, temporaryKey);
  });
});
