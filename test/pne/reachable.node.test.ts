import assert from "node:assert/strict";
import { hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { encodeMessage } from "../../src/codec/message.js";
import type { DeviceCapabilities } from "../../src/protocols/discovery/gateway.js";
import { deviceCapabilitiesQueryRequest } from "../../src/protocols/discovery/messages.js";
import { ended } from "../support/ended.js";
import { alice, keypad, outcome, TestNetwork } from "../support/network.js";

const reachable = { ...keypad, name: "Kitchen", reachable: true };

async function query(net: TestNetwork): Promise<DeviceCapabilities | "silent" | "no link"> {
  const { gateway } = net.network;
  const link = net.network.pneLink(net.device);
  if (link?.entityID === undefined) return "no link";
  let told: string | undefined;
  gateway.command({ kind: "queryDevice", device: hex(link.entityID) }, (outcome) => {
    told = ended(outcome);
  });
  await net.clock.runWhile(() => told === undefined, Milliseconds(60_000));
  return told === "done" ? (link.capabilities ?? "silent") : "silent";
}

describe("a PNE that wants to be reached", () => {
  it("is connected while idle and tells its capabilities when asked (PNI-00, PNR-04, EUK-UI-10)", async () => {
    const net = await new TestNetwork({ devices: [reachable] }).start();
    await net.clock.runFor(Milliseconds(5_000));
    assert.deepEqual(await query(net), { flags: 3, name: "Kitchen" });
    const told = net.notices.filter((notice) => notice.kind === "progress");
    assert.deepEqual(told, [], "nobody waits for what the device does by itself");
  });

  it("enrols and joins on the connection that it has, and comes back when the link is lost", async () => {
    const net = await new TestNetwork({ devices: [reachable] }).start();
    await net.clock.runFor(Milliseconds(5_000));
    assert.equal(outcome(await net.enrol(alice)), "enrolled");
    await net.clock.runFor(Milliseconds(5_000));
    assert.ok(net.device.link, "connected again after the enrolment");
    assert.equal(outcome(await net.join()), "joined");
    assert.deepEqual(await query(net), { flags: 3, name: "Kitchen" });
    net.network.dropLink(net.device);
    await net.clock.runFor(Milliseconds(5_000));
    assert.deepEqual(await query(net), { flags: 3, name: "Kitchen" });
  });

  it("stays connected for an hour without a word", async () => {
    const net = await new TestNetwork({ devices: [reachable] }).start();
    await net.clock.runFor(Milliseconds(5_000));
    const { link } = net.device;
    await net.clock.runFor(Milliseconds(3_600_000));
    assert.ok(link !== undefined && net.device.link === link);
  });

  it("tries again later after a gateway that it cannot make out", async () => {
    const net = new TestNetwork({ devices: [reachable] });
    net.network.setRogue(true);
    await net.start();
    await net.clock.runFor(Milliseconds(5_000));
    net.network.setRogue(false);
    await net.clock.runFor(Milliseconds(10_000));
    assert.deepEqual(await query(net), { flags: 3, name: "Kitchen" });
  });

  it("takes four pushes while it is busy and no more, and answers them when it is done", async () => {
    const net = await new TestNetwork({ devices: [reachable] }).start();
    await net.clock.runFor(Milliseconds(5_000));
    const link = net.network.pneLink(net.device);
    assert.ok(link);
    net.device.command({ kind: "enrol", ...credentials() });
    for (let one = 0; one < 12; one++) {
      link.push((exchange) => encodeMessage(deviceCapabilitiesQueryRequest, exchange, {}));
      await net.clock.runFor(Milliseconds(50));
    }
    net.network.gateway.command({ kind: "queryDevice", device: hex(link.entityID ?? new Uint8Array(1)) });
    await net.clock.runFor(Milliseconds(20_000));
    assert.ok(net.log.some((line) => line.includes('pne.pushDropped {"code":"busy"}')));
    assert.ok(net.notices.some((notice) => notice.kind === "enrolled"));
  });
});

describe("a PNE that does not want to be reached", () => {
  it("lets nobody connect while it is idle", async () => {
    const net = await new TestNetwork({ devices: [{ ...reachable, reachable: false }] }).start();
    await net.clock.runFor(Milliseconds(60_000));
    assert.equal(await query(net), "no link");
  });
});

function credentials(): { readonly userID: Uint8Array; readonly password: Uint8Array } {
  const octets = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
  return { userID: octets(alice.userID), password: octets(alice.password) };
}

describe("a PNE that is asked for the next thing at once", () => {
  it("does not begin it on a connection that is about to end", async () => {
    const net = await new TestNetwork({ devices: [reachable] }).start();
    await net.clock.runFor(Milliseconds(5_000));
    net.device.command({ kind: "enrol", ...credentials() });
    await net.clock.runWhile(
      () => !net.notices.some(({ kind }) => kind === "enrolled"),
      Milliseconds(60_000),
    );
    assert.equal(outcome(await net.join()), "joined");
  });
});
