import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { VirtualFlash } from "../../hosts/simulator/world/flash.js";
import { CpnsError } from "../../src/base/errors.js";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage } from "../../src/codec/message.js";
import { failure } from "../../src/codec/replies.js";
import { Result } from "../../src/codec/results.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import { ended } from "../support/ended.js";
import { bob, outcome, TestNetwork } from "../support/network.js";
import { confirmGateway } from "../support/ownGateway.js";

const operator = { userID: "operator", password: "operator's own password" };

const squat = (net: TestNetwork, entityID: Uint8Array): Promise<string> => confirmGateway(net, entityID, bob);

/** The PN GW is given credentials: "enrolled", or why not. */
async function enrolGateway(net: TestNetwork, user = operator): Promise<string> {
  let told: string | undefined;
  const credentials = { userID: ascii(user.userID), password: ascii(user.password) };
  net.network.gateway.command({ kind: "enrol", ...credentials }, (over) => {
    told = ended(over, "enrolled");
  });
  await net.clock.runWhile(() => told === undefined, Milliseconds(30_000));
  await net.clock.runFor(Milliseconds(10_000));
  return told ?? "nothing";
}

const idOf = (net: TestNetwork): string => net.network.gateway.view.entityID;

function ownerOf(net: TestNetwork, id: string | undefined): string | undefined {
  const entity = net.network.serverStore.get("entities", id ?? "");
  return entity && String.fromCharCode(...entity.userID);
}

/** A PN GW that holds no key, and whose Entity ID is nobody's at the Server. */
async function unclaimed(): Promise<TestNetwork> {
  const net = await new TestNetwork().start();
  await net.network.server.releaseDevice(net.network.gatewayID);
  net.network.gatewayFlash.restore(new VirtualFlash(100_000).snapshot());
  net.network.restartGateway();
  await net.clock.runFor(Milliseconds(1_000));
  return net;
}

/** Its flash takes nothing more; returns what makes room again. */
function filled(net: TestNetwork): () => void {
  const { gatewayFlash } = net.network;
  const names: string[] = [];
  for (let length = 4_000; length > 0; length >>= 1) {
    try {
      for (;;) {
        gatewayFlash.write(`filler${names.length}`, new Uint8Array(length));
        names.push(`filler${names.length}`);
      }
    } catch {
      // Smaller ones may still have room.
    }
  }
  return () => {
    for (const name of names) gatewayFlash.delete(name);
  };
}

/** A PN GW with a SIM that has had no key yet, whose Entity ID somebody else has confirmed. */
async function squattedWithSim(): Promise<{ readonly net: TestNetwork; readonly before: string }> {
  const net = await new TestNetwork({ operator: { lifetime: Seconds(86_400) } }).start();
  const before = idOf(net);
  await net.network.server.releaseDevice(net.network.gatewayID);
  net.network.gatewayFlash.restore(new VirtualFlash(100_000).snapshot());
  assert.equal(await squat(net, net.network.gatewayID), "enrolled");
  net.network.restartGateway();
  return { net, before };
}

describe("an account that confirms a foreign PN GW's Entity ID first (C-12, EUK-GW-10)", () => {
  it("keeps nobody out: the PN GW gets its key under a fresh one, and serves devices", async () => {
    const net = await unclaimed();
    const before = idOf(net);
    assert.equal(await squat(net, fromHex(before)), "enrolled");
    assert.equal(await enrolGateway(net), "enrolled");
    assert.notEqual(idOf(net), before);
    assert.equal(ownerOf(net, before), "bob", "what is his by its name stays his");
    assert.equal(ownerOf(net, idOf(net)), "operator");
    assert.equal(outcome(await net.enrol()), "enrolled");
    assert.equal(outcome(await net.join()), "joined");
  });

  it("keeps nobody out after a release either, while the PN GW still holds the key that is good for nothing", async () => {
    const net = await new TestNetwork().joined();
    const before = idOf(net);
    await net.network.server.releaseDevice(net.network.gatewayID);
    assert.equal(await squat(net, net.network.gatewayID), "enrolled");
    assert.equal(await enrolGateway(net), "enrolled");
    assert.equal(ownerOf(net, before), "bob");
    assert.equal(ownerOf(net, idOf(net)), "operator");
    assert.deepEqual(net.network.gateway.view.pns, [], "those of before have ended");
    assert.equal(outcome(await net.join()), "joined");
  });

  it("and again with the next one, which stays over a restart", async () => {
    const net = await unclaimed();
    await squat(net, fromHex(idOf(net)));
    assert.equal(await enrolGateway(net), "enrolled");
    const second = idOf(net);
    net.network.restartGateway();
    assert.equal(idOf(net), second);
    assert.equal(await squat(net, fromHex(second)), "result.duplicateEntity", "it is the operator's now");
    await net.network.server.releaseDevice(fromHex(second));
    assert.equal(await squat(net, fromHex(second)), "enrolled");
    assert.equal(await enrolGateway(net), "enrolled");
    assert.notEqual(idOf(net), second);
  });

  it("changes nothing while the PN GW holds a key that the Server takes, whoever's password is typed", async () => {
    const net = await new TestNetwork().joined();
    const before = idOf(net);
    assert.equal(await enrolGateway(net, bob), "result.duplicateEntity");
    assert.equal(idOf(net), before);
    assert.equal(ownerOf(net, before), "operator");
    assert.equal(net.network.gateway.view.pns.length, 1, "its PN goes on");
    await net.clock.runFor(Milliseconds(60_000));
    assert.equal(outcome(await net.run({ kind: "sendToServer", text: "still in" })), "message");
  });

  it("is told under the password alone: a refusal in the clear, or of a false Server, changes no Entity ID", async () => {
    for (const result of [Result.duplicateEntity, Result.refused]) {
      const net = await unclaimed();
      const before = idOf(net);
      net.network.backhaul.tamper = (octets, direction) => {
        if (direction === "toServer" || octets[0] !== 0x84) return octets;
        const message = everyMessage.decode(octets);
        if (message.name !== "EUKeyAssignmentResponse") return octets;
        return encodeMessage(failure, message.exchange, { result });
      };
      assert.notEqual(await enrolGateway(net), "enrolled");
      assert.equal(idOf(net), before);
      net.network.backhaul.tamper = undefined;
      assert.equal(await enrolGateway(net), "enrolled");
      assert.equal(idOf(net), before);
    }
  });

  it("leaves the PN GW a named error where no fresh one can be kept, and it goes on once there is room", async () => {
    const net = await unclaimed();
    await squat(net, fromHex(idOf(net)));
    const free = filled(net);
    assert.equal(await enrolGateway(net), "store.full");
    free();
    assert.equal(await enrolGateway(net), "enrolled");
    assert.equal(outcome(await net.enrol()), "enrolled");
  });

  it("renames none with a SIM that has had a key: a refusal in the clear proves nothing", async () => {
    const net = await new TestNetwork({ operator: { lifetime: Seconds(600) } }).start();
    const before = idOf(net);
    assert.equal(outcome(await net.enrol()), "enrolled");
    net.network.backhaul.tamper = (octets, direction) => {
      if (direction === "toServer" || octets[0] !== 0x84) return octets;
      const { exchange } = everyMessage.decode(octets);
      return encodeMessage(failure, exchange, { result: Result.refused });
    };
    await net.clock.runFor(Milliseconds(900_000));
    net.network.gateway.command({ kind: "bootstrap" });
    await net.clock.runFor(Milliseconds(20_000));
    assert.equal(idOf(net), before);
    net.network.backhaul.tamper = undefined;
    net.network.gateway.command({ kind: "bootstrap" });
    await net.clock.runFor(Milliseconds(20_000));
    assert.equal(idOf(net), before);
    assert.equal(outcome(await net.join()), "joined");
  });

  it("keeps out none that has a SIM: it bootstraps under a fresh one, once (EUK-GW-01, EUK-GW-03)", async () => {
    const { net, before } = await squattedWithSim();
    net.network.gateway.command({ kind: "connect" });
    await net.clock.runFor(Milliseconds(20_000));
    assert.notEqual(idOf(net), before);
    assert.equal(ownerOf(net, idOf(net)), "operator");
    assert.equal(outcome(await net.enrol()), "enrolled");
    assert.equal(ownerOf(net, before), "bob");
  });
});

describe("an account that confirms a foreign device's Entity ID first (C-12, EUK-UI-16)", () => {
  const named = {
    id: "keypad",
    keypad: "matrix" as const,
    secure: false,
    entityID: ascii("READ-OFF-THE-AIR"),
  };

  it("keeps nobody out: without a Temporary Key the device takes a fresh one, and the next try succeeds", async () => {
    const net = await new TestNetwork({ devices: [named] }).start();
    assert.equal(await squat(net, named.entityID), "enrolled");
    assert.equal(outcome(await net.enrol()), "result.duplicateEntity");
    assert.equal(outcome(await net.enrol()), "enrolled");
    const { entityID } = net.device.pne?.view ?? {};
    assert.notEqual(entityID, hex(named.entityID));
    assert.equal(ownerOf(net, entityID), "alice");
    assert.equal(ownerOf(net, hex(named.entityID)), "bob");
    assert.equal(outcome(await net.join()), "joined");
    net.device.powerOff();
    net.device.powerOn();
    await net.clock.runFor(Milliseconds(5_000));
    assert.equal(net.device.pne?.view.entityID, entityID, "which stays");
  });

  it("keeps nobody out after a release and a reset either", async () => {
    const net = await new TestNetwork().enrolled();
    const before = net.device.pne?.view.entityID ?? assert.fail();
    await net.network.server.releaseDevice(fromHex(before));
    assert.equal(await squat(net, fromHex(before)), "enrolled");
    assert.equal(outcome(await net.enrol()), "result.duplicateEntity");
    assert.equal(net.device.pne?.view.entityID, before, "with a key in it, it stays what it is");
    assert.equal(outcome(await net.run({ kind: "factoryReset" })), "resetDone");
    assert.equal(outcome(await net.enrol()), "enrolled");
    assert.equal(ownerOf(net, net.device.pne?.view.entityID), "alice");
  });

  it("with its Temporary Key the device stays what it is, and displaces who has only the name", async () => {
    const temporaryKey = new Uint8Array(32).fill(0x5a);
    const net = await new TestNetwork({ devices: [{ ...named, temporaryKey }] }).start();
    const device = (await net.network.serverStore.get("devices", hex(named.entityID))) ?? assert.fail();
    const { serverStore } = net.network;
    await serverStore.transaction((tables) => tables.devices.delete(hex(named.entityID)));
    assert.equal(await squat(net, named.entityID), "enrolled", "before the factory's record was imported");
    assert.equal(outcome(await net.enrol()), "result.duplicateEntity");
    assert.equal(new KeyStore(net.device.options.flash, nodeSuite).entityID, undefined, "nothing was kept");
    await serverStore.transaction((tables) => tables.devices.put(hex(named.entityID), device));
    assert.equal(outcome(await net.enrol()), "enrolled");
    assert.equal(net.device.pne?.view.entityID, hex(named.entityID));
    assert.equal(ownerOf(net, hex(named.entityID)), "alice");
    assert.notEqual(await squat(net, named.entityID), "enrolled");
  });

  it("gains nothing by saying so as a false PN GW: the device keeps its Entity ID", async () => {
    const net = await new TestNetwork({ devices: [named] }).start();
    const { server } = net.network.gateway;
    const honest = server.exchange.bind(server);
    server.exchange = (_octets, done) => done({ error: new CpnsError("result.duplicateEntity") });
    assert.notEqual(outcome(await net.enrol()), "enrolled");
    server.exchange = honest;
    assert.equal(outcome(await net.enrol()), "enrolled");
    assert.equal(net.device.pne?.view.entityID, hex(named.entityID));
  });
});
