import assert from "node:assert/strict";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { encodeMessage } from "../../src/codec/message.js";
import { acknowledgement } from "../../src/codec/replies.js";
import {
  userInfoInstallRequest,
  userInfoInstallResponse,
} from "../../src/protocols/provisioning/messages.js";
import { euKeyAssignmentTrigger } from "../../src/protocols/temporaryKey/messages.js";
import { ended } from "../support/ended.js";
import { alice, keypad, outcome } from "../support/network.js";
import { SensorNetwork, secureSensor, sensor } from "../support/noUI.js";

const scalar = fromHex("07".padStart(64, "0"));

async function installed(
  net: SensorNetwork,
  more: { userID?: Uint8Array; w0?: Uint8Array } = {},
): Promise<number> {
  const link = net.network.pneLink(net.device);
  assert.ok(link);
  let told: number | undefined;
  link.expect(userInfoInstallResponse, 10_000 as never, (said) => {
    told = -1;
    if ("error" in said) return;
    const { message, answer } = said.value;
    told = message.body.result;
    answer(encodeMessage(acknowledgement, message.exchange, {}));
  });
  const body = { userID: ascii("mallory"), w0: scalar, w1: scalar, ...more };
  link.push((n) => encodeMessage(userInfoInstallRequest, n, body));
  await net.clock.runWhile(() => told === undefined, 60_000 as never);
  return told ?? -1;
}

const trigger = (net: SensorNetwork): void => {
  net.network.pneLink(net.device)?.push((n) => encodeMessage(euKeyAssignmentTrigger, n, {}));
};

describe("a PN GW that installs what it should not (SEC-04)", () => {
  it("is refused by the device itself on a PAN that is not secure", async () => {
    const net = await new SensorNetwork(sensor).start();
    assert.equal(await installed(net), 1);
    trigger(net);
    await net.pass(10);
    assert.equal(net.keys, "empty");
  });

  it("is refused by a device with UI, at which a person types", async () => {
    const net = await new SensorNetwork({ ...keypad, reachable: true, secure: true }).start();
    assert.equal(await installed(net), 1);
  });

  it("is refused by a device with an owner", async () => {
    const net = await new SensorNetwork(secureSensor).start();
    assert.equal(await net.atGateway("credentials"), "done");
    await net.pass(8);
    assert.equal(await installed(net), 1);
  });

  it("is refused for scalars that are none, and for a User ID that nobody can have", async () => {
    const net = await new SensorNetwork(secureSensor).start();
    assert.equal(await installed(net, { w0: new Uint8Array(32) }), 1);
    assert.equal(await installed(net, { w0: new Uint8Array(32).fill(0xff) }), 1);
    assert.equal(await installed(net, { userID: Uint8Array.from([7]) }), 1);
    assert.equal(await installed(net), 0);
  });

  it("cannot use old credentials: they end after half a minute, with the link, and with one use (C-19)", async () => {
    const net = await new SensorNetwork(secureSensor).start();
    const refused = (): number => net.logged('sensor pne.trigger {"refused":"notInstalled"}');
    assert.equal(await installed(net), 0);
    await net.pass(31);
    trigger(net);
    await net.pass(5);
    assert.equal(refused(), 1);
    assert.equal(await installed(net), 0);
    net.network.dropLink(net.device);
    await net.pass(8);
    trigger(net);
    await net.pass(5);
    assert.equal(refused(), 2);
    assert.equal(await installed(net), 0);
    trigger(net);
    await net.pass(10);
    assert.equal(net.keys, "empty", "mallory's credentials prove nothing to the Server");
    trigger(net);
    await net.pass(5);
    assert.equal(refused(), 3);
  });

  it("cannot disturb an enrolment that has begun", async () => {
    const net = await new SensorNetwork(secureSensor).start();
    let told: string | undefined;
    const { gateway } = net.network;
    const entityID = net.network.pneLink(net.device)?.entityID as Uint8Array;
    const credentials = { userID: ascii(alice.userID), password: ascii(alice.password) };
    gateway.command({ kind: "enrolDevice", device: hex(entityID), ...credentials }, (outcome) => {
      told = ended(outcome);
    });
    const begun = (): boolean =>
      net.notices.some((notice) => notice.kind === "progress" && notice.step === "enrol");
    await net.clock.runWhile(() => !begun(), 60_000 as never);
    const body = { userID: ascii("mallory"), w0: scalar, w1: scalar };
    for (let i = 0; i < 20 && told === undefined; i++) {
      const link = net.network.pneLink(net.device);
      link?.push((n) => encodeMessage(userInfoInstallRequest, n, body));
      trigger(net);
      await net.clock.runFor(50 as never);
    }
    await net.clock.runWhile(() => told === undefined, 60_000 as never);
    assert.equal(told, "done");
    assert.equal(net.device.pne?.view.userID, alice.userID);
    await net.pass(8);
    assert.equal(outcome(await net.join()), "joined");
  });
});
