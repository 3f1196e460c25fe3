import assert from "node:assert/strict";
import { connectRequest } from "../../src/auth/messages.js";
import { encodeMessage } from "../../src/codec/message.js";
import { ascii } from "../../src/crypto/bytes.js";
import { Milliseconds } from "../../src/units.js";
import { outcome, TestNetwork } from "../support/network.js";

describe("floods", () => {
  it("of handshakes in the clear fill a bounded table, and PNEs enrol meanwhile", async () => {
    const net = await new TestNetwork().enrolled();
    const { server, serverStore } = net.network;
    const octets = encodeMessage(connectRequest, 1, {
      entityID: ascii("x"),
      rand: new Uint8Array(32).fill(1),
    });
    for (let i = 0; i < 4_200; i++) await server.handle(octets);
    assert.equal(await serverStore.tables.pendingClear.count(), 4_096);
    assert.equal(outcome(await net.enrol()), "enrolled");
    await net.clock.runFor(Milliseconds(30_000));
    await server.handle(octets);
    assert.equal(await serverStore.tables.pendingClear.count(), 1);
  }).timeout(60_000);

  it("of PNEs that wait for an unreachable Server are all told within one time-out", async () => {
    const devices = Array.from({ length: 6 }, (_, i) => ({
      id: `d${i}`,
      keypad: "matrix" as const,
      secure: false,
    }));
    const net = await new TestNetwork({ devices }).start();
    net.network.backhaul.unreachable = true;
    for (const device of net.network.devices) {
      device.command({ kind: "enrol", userID: ascii("alice"), password: ascii("wonderland") });
    }
    await net.clock.runFor(Milliseconds(8_000));
    const failed = net.notices.filter((notice) => notice.kind === "failed").map(outcome);
    assert.deepEqual(failed, new Array(6).fill("result.serverUnreachable"));
  });

  it("of commands while one runs change nothing", async () => {
    const net = await new TestNetwork().enrolled();
    net.device.command({ kind: "createPN" });
    net.device.command({ kind: "createPN" });
    await net.clock.runFor(Milliseconds(5_000));
    assert.equal(net.device.pne?.view.pn?.members.length, 1);
    assert.ok(net.log.some((line) => line.includes("pne.busy")));
  });
});
