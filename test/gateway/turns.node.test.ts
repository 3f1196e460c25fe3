import assert from "node:assert/strict";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { alice, keypad, outcome, TestNetwork } from "../support/network.js";

const devices = (count: number, reachable: boolean) =>
  Array.from({ length: count }, (_, i) => ({ ...keypad, id: `device-${i}`, reachable }));

describe("a PN GW with fewer links than devices", () => {
  it("enrols all of them at once, and cuts none off in the middle", async () => {
    const net = await new TestNetwork({ devices: devices(10, true), maximumLinks: 3 }).start();
    const users = net.network.devices.map((_, i) => ({ userID: `user-${i}`, password: "a good password" }));
    for (const { userID, password } of users) {
      await net.network.server.registerUser(ascii(userID), ascii(password));
    }
    // The idle ones have the links.
    await net.clock.runFor(Milliseconds(20_000));
    const lost: string[] = [];
    const ended = new Map<string, string>();
    net.onNotice = (device, notice) => {
      if (notice.kind === "state" || notice.kind === "progress") return;
      ended.set(device.id, outcome(notice));
      if (notice.kind === "failed" && notice.code === "linkLost") lost.push(device.id);
    };
    for (const [i, device] of net.network.devices.entries()) {
      const { userID, password } = users[i] as (typeof users)[number];
      device.command({ kind: "enrol", userID: ascii(userID), password: ascii(password) });
    }
    await net.clock.runFor(Milliseconds(60_000));
    assert.deepEqual(lost, []);
    assert.deepEqual([...ended.values()], Array(10).fill("enrolled"));
  });

  it("reaches every idle one in turn, without reconnecting all the time", async () => {
    const net = await new TestNetwork({ devices: devices(6, true), maximumLinks: 4 }).start();
    await net.clock.runFor(Milliseconds(20_000));
    const linked = new Map(net.network.devices.map(({ id }) => [id, 0]));
    let connections = 0;
    let before = new Set<string>();
    for (let second = 0; second < 600; second++) {
      await net.clock.runFor(Milliseconds(1_000));
      const now = new Set(net.network.devices.filter(({ link }) => link !== undefined).map(({ id }) => id));
      assert.ok(now.size <= 4);
      for (const id of now) {
        linked.set(id, (linked.get(id) ?? 0) + 1);
        if (!before.has(id)) connections++;
      }
      before = now;
    }
    for (const [id, seconds] of linked)
      assert.ok(seconds >= 300, `${id} was reachable for ${seconds} of 600 s`);
    assert.ok(connections <= 120, `${connections} connections in 600 s`);
  });

  it("leaves the one alone that is in a PN", async () => {
    const net = await new TestNetwork({ devices: devices(3, true), maximumLinks: 1 }).start();
    assert.equal(outcome(await net.enrol(alice)), "enrolled");
    assert.equal(outcome(await net.join()), "joined");
    const { link } = net.device;
    await net.clock.runFor(Milliseconds(120_000));
    assert.ok(link !== undefined && net.device.link === link);
  });
});
