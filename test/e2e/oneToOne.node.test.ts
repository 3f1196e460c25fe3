import assert from "node:assert/strict";
import { hex } from "../../src/base/octets.js";
import { Method } from "../../src/codec/methods.js";
import { fragmentCount } from "../../src/link/fragment.js";
import { asciiText } from "../../src/pne/text.js";
import { alice, bob, keypad, outcome, TestNetwork } from "../support/network.js";

describe("the main job, end to end on virtual time", () => {
  it("enrols with User ID and password (EUK-UI-01, EUK-UI-02, EUK-UI-05, EUK-UI-09, EUK-UI-12, EUK-UI-21, SEC-03)", async () => {
    const net = await new TestNetwork().start();
    assert.equal(outcome(await net.enrol()), "enrolled");
    const view = net.device.pne?.view;
    assert.equal(view?.keys, "enrolled");
    assert.equal(view?.userID, "alice");
  });

  it("binds the EUKey at the Server to Entity ID and User ID (EUK-UI-06, EUK-UI-16, SEC-01)", async () => {
    const net = await new TestNetwork().enrolled();
    const view = net.device.pne?.view;
    const entity = await net.network.serverStore.get("entities", view?.entityID ?? "");
    assert.equal(asciiText(entity?.userID ?? new Uint8Array(0)), "alice");
    assert.equal(hex(entity?.committed?.id ?? new Uint8Array(0)), view?.euKeyID);
    assert.equal(net.network.serverStore.size("staged"), 0);
  });

  it("assigns an Entity ID to a PNE that has none, which survives (PNR-06, C-12)", async () => {
    const net = await new TestNetwork().enrolled();
    const before = net.device.pne?.view.entityID;
    assert.equal(before?.length, 32);
    net.device.powerOff();
    net.device.powerOn();
    assert.equal(net.device.pne?.view.entityID, before);
    assert.equal(net.device.pne?.view.keys, "enrolled");
  });

  it("keeps a factory Entity ID (C-12)", async () => {
    const entityID = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const devices = [{ id: "keypad", keypad: "matrix" as const, secure: false, entityID }];
    const net = await new TestNetwork({ devices }).enrolled();
    assert.equal(net.device.pne?.view.entityID, "0102030405060708");
  });

  it("joins a 1-1 PN with a LocalEUKey session on an insecure PAN (PNI-01, PNI-06d, PNI-14b, LEU-04)", async () => {
    const net = await new TestNetwork().joined();
    const view = net.device.pne?.view;
    assert.equal(view?.pn?.members[0]?.id, view?.entityID);
    assert.equal(view?.pn?.secure, true);
    assert.equal(net.network.pneLink(net.device)?.protected, true);
  });

  it("indicates a LocalEUKey but runs no handshake on a secure PAN (C-01, LEU-03, LEU-04)", async () => {
    const devices = [{ id: "keypad", keypad: "matrix" as const, secure: true }];
    const net = await new TestNetwork({ devices }).joined();
    assert.equal(net.network.pneLink(net.device)?.protected, false);
    const stored = [...net.device.options.flash.dump().keys()].filter((name) => name.startsWith("leu"));
    assert.equal(stored.length, 2);
  });

  it("follows the flow text when its criterion is chosen: no LocalEUKey on a secure PAN (C-01)", async () => {
    const devices = [{ id: "keypad", keypad: "matrix" as const, secure: true }];
    const net = await new TestNetwork({ devices, localEUKeyCriterion: "flow" }).joined();
    assert.ok(![...net.device.options.flash.dump().keys()].some((name) => name.startsWith("leu")));
  });

  it("exchanges application data with the Server end to end, and with the PN GW", async () => {
    const net = await new TestNetwork().joined();
    const fromServer = await net.run({ kind: "sendToServer", text: "to the server" });
    assert.deepEqual(fromServer, { kind: "message", from: "server", text: "Server got: to the server" });
    const fromGateway = await net.run({ kind: "sendToGateway", text: "to the gateway" });
    assert.deepEqual(fromGateway, { kind: "message", from: "gateway", text: "Gateway got: to the gateway" });
    const again = await net.run({ kind: "sendToServer", text: "again" });
    assert.equal(outcome(again), "message");
  });

  it("gives the same run, octet for octet, for the same seed", async () => {
    const runs = [];
    for (let i = 0; i < 2; i++) {
      const net = await new TestNetwork().joined();
      runs.push(net.fragments.map((one) => `${one.at} ${one.direction} ${hex(one.octets)}`));
    }
    assert.deepEqual(runs[0], runs[1]);
    const other = await new TestNetwork({ seed: "another" }).joined();
    assert.notDeepEqual(
      other.fragments.map((one) => hex(one.octets)),
      runs[0],
    );
  });

  for (const mtu of [23, 50, 100, 185, 247, 517]) {
    it(`works at ATT_MTU ${mtu}, with fragments no longer than ${Math.min(mtu - 3, 240)} octets`, async () => {
      const net = await new TestNetwork({ mtu }).joined();
      const longest = Math.max(...net.fragments.map((one) => one.octets.length));
      assert.ok(longest <= Math.min(mtu - 3, 240));
      assert.equal(net.device.link?.violations, 0);
      assert.equal(outcome(await net.run({ kind: "sendToServer", text: "x".repeat(150) })), "message");
    });
  }

  it("sends every enrolment message in one fragment at ATT_MTU 185", async () => {
    for (const [methods, count] of [
      [[Method.spake2plus], 10],
      [[Method.scram], 8],
    ] as const) {
      const longest = { entityID: new Uint8Array(32).fill(7), methods };
      const net = await new TestNetwork({ devices: [{ ...keypad, ...longest }] }).enrolled();
      assert.equal(net.fragments.length, count);
      assert.ok(net.fragments.every((one) => fragmentCount(one.octets.length - 4, 185) === 1));
    }
  });

  it("enrols again for another key: the Server takes the new one only", async () => {
    const net = await new TestNetwork().enrolled();
    const first = net.device.pne?.view.euKeyID;
    assert.equal(outcome(await net.enrol()), "enrolled");
    const second = net.device.pne?.view.euKeyID;
    assert.notEqual(first, second);
    assert.equal(outcome(await net.join()), "joined");
  });

  it("leaves the PN and joins again; the new LocalEUKey is newer (C-25)", async () => {
    const net = await new TestNetwork().joined();
    assert.equal(outcome(await net.run({ kind: "leavePN" })), "left");
    assert.equal(net.device.pne?.view.pn, undefined);
    assert.equal(outcome(await net.join()), "joined");
  });

  it("serves several devices of several users at once", async () => {
    const ids = ["a", "b", "c", "d"];
    const devices = ids.map((id) => ({ id, keypad: "matrix" as const, secure: false }));
    const net = await new TestNetwork({ devices }).start();
    for (const [index, id] of ids.entries()) {
      const user = index % 2 === 0 ? alice : bob;
      assert.equal(outcome(await net.enrol(user, net.network.device(id))), "enrolled");
    }
    for (const id of ids) assert.equal(outcome(await net.join(net.network.device(id))), "joined");
    for (const id of ids) {
      const answer = await net.run({ kind: "sendToServer", text: id }, net.network.device(id));
      assert.deepEqual(answer, { kind: "message", from: "server", text: `Server got: ${id}` });
    }
  });

  it("gives the PN GW an EUKey of its own, bound at the Server to its Entity ID and its User (EUK-GW-10, EUK-GW-13)", async () => {
    const net = await new TestNetwork().start();
    assert.equal(net.network.gateway.server.authenticated, false);
    await net.enrol();
    assert.equal(net.network.gateway.server.authenticated, true);
    const entity = await net.network.serverStore.get("entities", hex(net.network.gatewayID));
    assert.equal(entity?.role, "gateway");
    assert.equal(asciiText(entity?.userID ?? new Uint8Array(0)), "operator");
    assert.deepEqual(net.network.gateway.keys.committed?.id, entity?.committed?.id);
    assert.deepEqual(net.network.gateway.keys.committed?.key, entity?.committed?.key);
  });
});
