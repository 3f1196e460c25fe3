import assert from "node:assert/strict";
import { until } from "../../../support/until.js";
import { addressOf, peerOf, Rig } from "./rig.js";

const fragmentOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i & 0xff);

describe("a PN GW's radio on noble", () => {
  let rig: Rig;

  afterEach(() => {
    const { violations } = rig;
    rig.close();
    assert.deepEqual(violations, []);
  });

  for (const mtu of [23, 185, 247, 517]) {
    it(`carries fragments both ways at an ATT_MTU of ${mtu}`, async () => {
      rig = new Rig();
      const device = rig.device({ mtu });
      const link = await rig.connect(0);
      assert.deepEqual(rig.heard[0], `${peerOf(0)} 1 Lamp`);
      assert.equal(link.up.maximumWrite, mtu - 3);
      assert.equal(device.connection?.maximumWrite, mtu - 3);
      for (const length of [1, mtu - 4, mtu - 3]) {
        const fragment = fragmentOf(length);
        assert.equal(await link.write(fragment), undefined);
        await until(() => device.received.length > 0, "the fragment at the device");
        assert.deepEqual(device.received.shift(), fragment);
        device.connection?.write(fragment, () => {});
        await until(() => link.received.length > 0, "the fragment at the gateway");
        assert.deepEqual(link.received.shift(), fragment);
      }
      assert.equal(await link.write(fragmentOf(mtu - 2)), "link.write");
      assert.equal(device.radio.lints[0]?.longest, mtu);
    });
  }

  it("takes no MTU from a peer that ATT does not know", async () => {
    rig = new Rig();
    rig.device({ mtu: 5 });
    assert.equal((await rig.connect(0)).up.maximumWrite, 20);
    rig.device({ mtu: 60_000 });
    assert.equal((await rig.connect(1)).up.maximumWrite, 514);
  });

  it("carries fragments in the small packets of an old controller, and on the exclusive channel", async () => {
    rig = new Rig({ controller: { aclLength: 27, aclPackets: 2 }, userChannel: true });
    const device = rig.device({ packet: 27, mtu: 247 });
    const link = await rig.connect(0);
    assert.equal(await link.write(fragmentOf(240)), undefined);
    await until(() => device.received.length > 0, "the fragment at the device");
    assert.deepEqual(device.received[0], fragmentOf(240));
    device.connection?.write(fragmentOf(244), () => {});
    await until(() => link.received.length > 0, "the fragment at the gateway");
    assert.deepEqual(link.received[0], fragmentOf(244));
  });

  it("has one write in flight, and ends what waits when the link ends", async () => {
    rig = new Rig();
    const device = rig.device();
    const link = await rig.connect(0);
    device.radio.deaf = true;
    void link.write(fragmentOf(3));
    assert.equal(await link.write(fragmentOf(3)), "link.busy");
    link.up.disconnect();
    await until(() => link.events.length === 3, "the end of the link and of its write");
    assert.deepEqual(link.events, ["link.busy", "closed", "link.closed"]);
    assert.equal(await link.write(fragmentOf(3)), "link.closed");
    await until(() => device.closed === 1, "the end at the device");
  });

  it("hears of a peer that lost its power by the supervision timeout, with a write in flight", async () => {
    rig = new Rig();
    const device = rig.device();
    const link = await rig.connect(0);
    device.radio.powerOff();
    const begun = Date.now();
    const sent = link.write(fragmentOf(5));
    assert.equal(await sent, "link.closed");
    assert.equal(link.closed, "HCI 8");
    assert.ok(Date.now() - begun >= 1_900);
    assert.deepEqual(link.events, ["closed", "link.closed"]);
  });

  for (const [what, code] of [
    ["an application's error", 0x80],
    ["insufficient authentication, for which noble begins to pair", 0x05],
    ["an invalid PDU, of which noble makes nothing", 0x04],
  ] as const) {
    it(`starts anew after a write that is answered with ${what}`, async () => {
      rig = new Rig({ speed: 10 });
      const device = rig.device();
      const link = await rig.connect(0);
      device.radio.refuses = code;
      assert.equal(await link.write(fragmentOf(5)), "link.closed");
      assert.deepEqual(link.events, ["closed", "link.closed"]);
      await until(() => device.closed === 1, "the end at the device");
      device.radio.refuses = undefined;
      rig.heard.length = 0;
      assert.equal(await (await rig.connect(0)).write(fragmentOf(5)), undefined);
      assert.equal(rig.stacks, 1);
    });
  }

  it("gives up a device that has gone, and one that answers nothing, without holding up others", async () => {
    rig = new Rig({ speed: 10 });
    const absent = rig.device();
    const deaf = rig.device();
    await rig.hears(0);
    absent.radio.powerOff();
    deaf.radio.deaf = true;
    await rig.hears(1);
    const [first, second] = [rig.attempt(0), rig.attempt(1)];
    await until(() => first.ended && second.ended, "both attempts to fail");
    assert.deepEqual([first.error?.code, second.error?.code], ["radio.timeout", "radio.timeout"]);
    assert.ok(rig.heard.includes(`${peerOf(0)} lost`));
    rig.device();
    await rig.connect(2);
    assert.equal(rig.adapter.controller.links, 1);
  });

  it("opens the stack anew when nobody can be connected to any more, but not while a link stands", async () => {
    rig = new Rig({ speed: 20 });
    rig.device();
    rig.device();
    const link = await rig.connect(0);
    rig.air.deaf.add(addressOf(1));
    const fail = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        await rig.hears(1);
        rig.heard.length = 0;
        const attempt = rig.attempt(1);
        await until(() => attempt.ended, "the attempt to fail");
        assert.equal(attempt.error?.code, "radio.timeout");
      }
    };
    await fail(10);
    assert.deepEqual([rig.stacks, link.ended], [1, false]);
    link.up.disconnect();
    await until(() => link.ended, "the end of the link");
    await fail(1);
    await until(() => rig.stacks === 2, "another stack");
    rig.air.deaf.clear();
    rig.heard.length = 0;
    await rig.connect(1);
    assert.deepEqual(rig.usable, ["usable", "adapter.silent", "usable"]);
  });

  it("listens for others between attempts at devices that have gone", async () => {
    rig = new Rig({ speed: 10 });
    for (let i = 0; i < 3; i++) rig.device();
    for (let i = 0; i < 3; i++) await rig.hears(i);
    for (const { radio } of rig.devices) radio.powerOff();
    const attempts = [0, 1, 2].map((i) => rig.attempt(i));
    rig.device();
    await until(() => attempts.filter(({ ended }) => ended).length === 2, "two attempts to fail");
    assert.ok(rig.heard.some((line) => line.startsWith(peerOf(3))));
    await until(() => attempts.every(({ ended }) => ended), "all of them to fail");
  });

  it("says that a connection did not come up (HCI 0x3e), and makes it the next time", async () => {
    rig = new Rig();
    rig.device();
    await rig.hears(0);
    rig.air.failures = 1;
    const link = rig.attempt(0);
    await until(() => link.ended, "the attempt to fail");
    assert.equal(link.error?.code, "radio.notEstablished");
    await rig.connect(0);
  });

  it("calls off an attempt, whatever it has come to", async () => {
    rig = new Rig();
    const device = rig.device();
    await rig.hears(0);
    const early = rig.attempt(0);
    rig.radio.cancel(peerOf(0));
    assert.equal(early.error?.code, "radio.cancelled");
    device.radio.deaf = true;
    const late = rig.attempt(0);
    await until(() => device.radio.lints.length > 0, "the connection");
    rig.radio.cancel(peerOf(0));
    await until(() => late.ended, "the attempt to end");
    assert.equal(late.error?.code, "radio.cancelled");
    device.radio.deaf = false;
    await rig.connect(0);
  });

  it("connects to nobody twice, and to nobody that it has not heard", async () => {
    rig = new Rig();
    rig.device();
    await rig.connect(0);
    const [again, stranger] = [rig.attempt(0), rig.attempt(7)];
    await until(() => again.ended && stranger.ended, "both to be refused");
    assert.deepEqual([again.error?.code, stranger.error?.code], ["radio.busy", "radio.busy"]);
  });

  it("learns from the adapter how many links it has", async () => {
    rig = new Rig({ controller: { maximumLinks: 2 } });
    for (let i = 0; i < 3; i++) rig.device();
    for (let i = 0; i < 2; i++) await rig.connect(i);
    assert.equal(rig.radio.maximumLinks, 64);
    await rig.hears(2);
    const link = rig.attempt(2);
    await until(() => link.ended, "the attempt to fail");
    assert.equal(link.error?.code, "radio.full");
    assert.equal(rig.radio.maximumLinks, 2);
  });

  it("holds 8 devices at once, all of which are heard and written to", async () => {
    rig = new Rig();
    for (let i = 0; i < 8; i++) rig.device({ mtu: [23, 185, 247, 517][i % 4] as number });
    for (let i = 0; i < 8; i++) await rig.hears(i);
    const links = rig.devices.map((_, i) => rig.attempt(i));
    await until(() => links.every(({ connection }) => connection !== undefined), "8 links");
    for (let round = 0; round < 20; round++) {
      const sent = links.map((link, i) => link.write(fragmentOf(i + 1)));
      for (const device of rig.devices) device.connection?.write(fragmentOf(round + 1), () => {});
      assert.deepEqual(new Set(await Promise.all(sent)), new Set([undefined]));
    }
    const all = (): boolean =>
      links.every(({ received }) => received.length === 20) &&
      rig.devices.every(({ received }) => received.length === 20);
    await until(all, "all fragments");
    for (const [i, device] of rig.devices.entries()) {
      for (const fragment of device.received) assert.deepEqual(fragment, fragmentOf(i + 1));
    }
  });

  it("hears what a device says anew, and when it is gone", async () => {
    rig = new Rig({ speed: 10 });
    const device = rig.device();
    await rig.hears(0);
    device.link.advertise(2);
    await until(() => rig.heard.includes(`${peerOf(0)} 2 Lamp`), "the new state");
    device.radio.powerOff();
    await until(() => rig.heard.includes(`${peerOf(0)} lost`), "that it is gone");
  });
});
