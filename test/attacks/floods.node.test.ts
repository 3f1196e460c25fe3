import assert from "node:assert/strict";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Method } from "../../src/codec/methods.js";
import { encode } from "../../src/codec/schema.js";
import { connectRequest } from "../../src/protocols/authentication/messages.js";
import { relayed } from "../../src/protocols/data/messages.js";
import { euKeyAssignmentRequest } from "../../src/protocols/enrolment/messages.js";
import { EnrolServer } from "../../src/protocols/enrolment/server.js";
import { pneInfo, pnRegistrationRequest } from "../../src/protocols/network/messages.js";
import { idpwdRegistrationRequest } from "../../src/protocols/registration/messages.js";
import { outcome, TestNetwork } from "../support/network.js";
import { exchange } from "../support/registering.js";
import { serverPorts } from "../support/serverPorts.js";

describe("floods", () => {
  it("of handshakes in the clear leave no row, and PN GWs authenticate and PNEs enrol meanwhile", async () => {
    const net = await new TestNetwork().enrolled();
    const { server, serverStore } = net.network;
    const rows = (): number => Object.values(serverStore.dump()).reduce((sum, { size }) => sum + size, 0);
    const before = rows();
    const octets = encodeMessage(connectRequest, 1, {
      entityID: ascii("x"),
      rand: new Uint8Array(32).fill(1),
    });
    for (let i = 0; i < 2_000; i++) await server.handle(octets);
    assert.equal(rows(), before);
    net.network.restartGateway();
    assert.equal(outcome(await net.enrol()), "enrolled");
  }).timeout(60_000);

  it("of enrolments in the clear fill their own table up to its bound, and a newer one takes the oldest's place", async () => {
    const net = await new TestNetwork().enrolled();
    const { server, serverStore } = net.network;
    const body = { entityID: ascii("x"), userID: ascii("nobody"), nonce: new Uint8Array(16) };
    const octets = encodeMessage(euKeyAssignmentRequest, 1, { ...body, methods: [Method.spake2plus] });
    for (let i = 0; i < 40; i++) await server.handle(octets, "one address");
    assert.equal(serverStore.size("clearEnrolments"), 32);
    for (let i = 0; i < 6_000; i++) await server.handle(octets, `address ${i}`);
    assert.ok(serverStore.size("clearEnrolments") <= 4_096);
    const last = everyMessage.decode(await server.handle(octets, "another address"));
    assert.equal(last.name, "EUKeyAssignmentResponse.challenge");
    net.network.restartGateway();
    assert.equal(outcome(await net.join()), "joined");
    await net.clock.runFor(Milliseconds(61_000));
    await serverStore.sweep();
    assert.equal(serverStore.size("clearEnrolments"), 0);
  }).timeout(60_000);

  it("of enrolments and registrations by one PN GW leave room for those of the others (EUK-UI-13, REG-04)", async () => {
    const net = await new TestNetwork().enrolled();
    const request = encodeMessage(euKeyAssignmentRequest, 1, {
      entityID: ascii("x"),
      userID: ascii("nobody"),
      nonce: new Uint8Array(16),
      methods: [Method.spake2plus],
    });
    const flood = encodeMessage(relayed, 1, { origin: ascii("x"), message: request });
    const registering = encodeMessage(idpwdRegistrationRequest, 1, { userID: ascii("nobody") });
    for (let i = 0; i < 260; i++) await exchange(net, flood);
    assert.equal(await net.network.serverStore.size("enrolments"), 256);
    for (let i = 0; i < 40; i++) {
      const answer = await exchange(net, registering);
      const told = typeof answer === "string" ? answer : everyMessage.decode(answer).name;
      assert.equal(told, "IDPWDRegistrationResponse.challenge");
    }
    assert.equal(net.network.serverStore.size("registrations"), 32);
    await net.clock.runFor(Milliseconds(60_000));
    await net.network.serverStore.sweep();
    await exchange(net, flood);
    assert.equal(await net.network.serverStore.size("enrolments"), 1);
    assert.equal(outcome(await net.enrol()), "enrolled");
  }).timeout(60_000);

  it("of enrolments by 17 PN GWs of one account are 256 in all, and another's are untouched (before: everybody's)", async () => {
    const net = await new TestNetwork().enrolled();
    const ports = serverPorts(net);
    const server = new EnrolServer(ports);
    const id = net.device.pne?.view.entityID ?? "";
    const own = (await net.network.serverStore.get("entities", id)) ?? assert.fail();
    const gateway = (name: string, owner: number): Promise<void> =>
      ports.store.transaction(({ entities }) =>
        entities.put(hex(ascii(name)), { ...own, role: "gateway", owner: new Uint8Array(16).fill(owner) }),
      );
    const names = Array.from({ length: 17 }, (_, i) => `mallory-${i}`);
    for (const name of names) await gateway(name, 1);
    await gateway("honest", 2);
    const opens = async (name: string): Promise<string> => {
      const body = { entityID: ascii("x"), userID: ascii("alice"), nonce: new Uint8Array(16) };
      const octets = encodeMessage(euKeyAssignmentRequest, 1, { ...body, methods: [Method.spake2plus] });
      const message = everyMessage.decode(octets);
      if (message.name !== "EUKeyAssignmentRequest") assert.fail();
      const origin = { role: "pne", entityID: ascii("x"), gatewayID: ascii(name) } as const;
      const answer = await ports.store.transaction((tables) => server.request(tables, origin, message));
      return everyMessage.decode(answer).name;
    };
    assert.equal(await opens("honest"), "EUKeyAssignmentResponse.challenge");
    for (let i = 0; i < 340; i++) await opens(names[i % names.length] ?? "");
    const open = net.network.serverStore.all("enrolments").map(([, one]) => one.source);
    const of = (owner: number): number =>
      open.filter((one) => one === hex(new Uint8Array(16).fill(owner))).length;
    assert.deepEqual([of(1), of(2)], [256, 1]);
  }).timeout(60_000);

  it("of PNs by one PN GW leave room for those of the others (PNI-04b)", async () => {
    const net = await new TestNetwork().enrolled();
    const { entityID } = net.network.pneLink(net.device) ?? {};
    const info = { entityID: entityID ?? ascii("x"), flags: 1, linkKey: 0 };
    const member = { pneInfo: encode(pneInfo, info), rand: new Uint8Array(32).fill(7), flags: 0 };
    for (let i = 0; i < 100; i++) {
      const pnID = new Uint8Array(16).fill(1);
      pnID.set([i >> 8, i & 255]);
      await exchange(net, encodeMessage(pnRegistrationRequest, 1, { pnID, setupType: 0, members: [member] }));
    }
    assert.equal(net.network.serverStore.size("pns"), 64, "those in which nobody has proven anything");
    assert.equal(outcome(await net.join()), "joined", "its own comes in place of the oldest");
    assert.equal(net.network.serverStore.size("pns"), 64);
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
