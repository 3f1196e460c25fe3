import assert from "node:assert/strict";
import { Air } from "./air.js";
import { TestCentral } from "./central.js";
import { HciController } from "./controller.js";

const peer = "00:1b:dc:00:00:02";
const advertise = Uint8Array.of(1, 0x0a, 0x20, 1, 1);

describe("a virtual Bluetooth controller", () => {
  it("gives its links handles that Bluetooth has, however many there have been", async function () {
    this.timeout(20_000);
    const air = new Air();
    const controller = new HciController({ air, address: peer });
    const seen = new Set<number>();
    controller.attach((packet) => {
      const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
      if (packet[1] === 0x3e && packet[3] === 0x01) seen.add(view.getUint16(5, true));
    });
    const connect = async (): Promise<TestCentral> => {
      controller.fromHost(advertise);
      return TestCentral.connect({ air, peer });
    };
    const staying = await connect();
    for (let i = 0; i < 0xf00; i++) {
      (await connect()).disconnect();
      await new Promise(setImmediate);
    }
    assert.equal(controller.links, 1);
    assert.equal(seen.size, 0xeff - 0x40 + 1);
    assert.ok(Math.max(...seen) <= 0x0eff);
    staying.disconnect();
  });
});
