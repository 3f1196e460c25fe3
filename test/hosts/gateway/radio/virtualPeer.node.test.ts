import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { VirtualPeer } from "../../../../hosts/gateway/radio/virtualPeer.js";
import { AdvertisedState } from "../../../../src/link/service.js";
import { frame, Kind } from "../../../../src/link/virtualRadio.js";
import { ManualClock } from "../../../support/manualClock.js";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a device on the virtual radio that does not read", () => {
  it("is let go once it has left more than 65,536 octets unread", async () => {
    const sent: number[] = [];
    let unread = 0;
    const socket = new Duplex({
      read() {},
      write(octets: Buffer, _, done) {
        sent.push(octets[2] ?? 0);
        done();
      },
    });
    Object.defineProperty(socket, "writableLength", { get: () => unread });
    const closed: string[] = [];
    const peer = new VirtualPeer({
      ...{ socket: socket as Socket, clock: new ManualClock(), mtu: 185 },
      advertises() {},
      gone() {},
    });
    socket.push(Buffer.from(frame(Kind.advertise, Uint8Array.of(AdvertisedState.freeToJoin, 0x61))));
    await settled();
    peer.connect({
      connected() {},
      failed: ({ code }) => assert.fail(code),
      received() {},
      closed: (reason) => void closed.push(reason),
    });
    const fragment = Buffer.from(frame(Kind.fragment, Uint8Array.of(1)));
    unread = 65_536;
    socket.push(fragment);
    await settled();
    assert.deepEqual([sent, socket.destroyed], [[Kind.connected, Kind.sent], false]);
    unread = 65_537;
    socket.push(fragment);
    await settled();
    assert.deepEqual([sent.length, socket.destroyed, closed], [2, true, ["the device is gone"]]);
  });
});
