import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { serverID } from "../../hosts/simulator/network/gatewayPlace.js";
import { fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage, type MessageDefinition, messageSet } from "../../src/codec/message.js";
import { Result } from "../../src/codec/results.js";
import { encode } from "../../src/codec/schema.js";
import { deriveKeys } from "../../src/crypto/keys/pairKeys.js";
import { hashPNE, relayedSessionKey } from "../../src/crypto/keys/relayedKeys.js";
import { removeMember } from "../../src/database/networks.js";
import {
  LinkKey,
  maximumBackhaulMessage,
  PairFlag,
  pnAuthenticationResponse,
  pneInfo,
  pnRegistrationRequest,
  SetupType,
} from "../../src/protocols/network/messages.js";
import { PNServer } from "../../src/protocols/network/server.js";
import { TestNetwork } from "../support/network.js";
import { serverPorts } from "../support/serverPorts.js";

const decode = (octets: Uint8Array) => everyMessage.decode(octets, maximumBackhaulMessage);
const received = <Name extends string, Body>(definition: MessageDefinition<Name, Body>, body: Body) =>
  messageSet(definition).decode(encodeMessage(definition, 1, body));

/** A PN that its PN GW has registered, with what proves the PNE; `number`: of the PN, `rand`: of this try. */
async function registered(net: TestNetwork, number: number, rand = number) {
  const server = new PNServer(serverPorts(net));
  const store = net.network.serverStore;
  const gateway = net.network.gatewayID;
  const pne = fromHex(net.device.pne?.view.entityID ?? "");
  const pnID = new Uint8Array(16).fill(number);
  const randPNE = new Uint8Array(32).fill(rand);
  const info = encode(pneInfo, { entityID: pne, flags: 1, linkKey: LinkKey.none });
  const member = { pneInfo: info, rand: randPNE, flags: 0 };
  const request = received(pnRegistrationRequest, { pnID, setupType: SetupType.all, members: [member] });
  const asked = decode(await store.transaction((tables) => server.register(tables, gateway, request)));
  assert.ok(asked.name === "PNAuthenticationRequest");
  const randServer = asked.body.rand;
  const context = { pnID, pne, gateway, server: serverID, pneInfo: info, flags: 0, randPNE, randServer };
  const entity = store.get("entities", net.device.pne?.view.entityID ?? "");
  assert.ok(entity);
  const keys = deriveKeys(nodeSuite, "EUK", entity.committed.key, pne);
  const hash = hashPNE(nodeSuite, keys, context, relayedSessionKey(nodeSuite, keys, context));
  const prove = async (shown: Uint8Array): Promise<string> => {
    const members = [{ entityID: pne, hash: shown }];
    const response = received(pnAuthenticationResponse, { pnID, members });
    const told = decode(await store.transaction((tables) => server.authenticate(tables, gateway, response)));
    const result = "result" in told.body ? told.body.result : "no result";
    return `${told.name} ${result}`;
  };
  return { hash, prove };
}

describe("hashes for a PN that has been tried", () => {
  it("are not taken a second time, right as they may be: rand_server answers once (PNI-11a, C-16)", async () => {
    const net = await new TestNetwork().enrolled();
    const { hash, prove } = await registered(net, 1);
    assert.equal(await prove(hash.map((octet) => octet ^ 1)), "PNRegistrationResponse 1");
    assert.equal(await prove(hash), "Failure 4");
    assert.equal(net.network.serverStore.rows().pns.length, 0);
  });

  it("are taken the first time, and not once more (PNI-11a, PNI-11b)", async () => {
    const net = await new TestNetwork().enrolled();
    const { hash, prove } = await registered(net, 2);
    assert.equal(await prove(hash), "PNRegistrationResponse 0");
    assert.equal(await prove(hash), "Failure 4");
    assert.equal(net.network.serverStore.rows().pns.length, 1);
  });
});

describe("hashes of a member that comes back into a PN that stands", () => {
  /** In it, with the session that it has. */
  async function inside() {
    const net = await new TestNetwork().enrolled();
    const { prove, hash } = await registered(net, 3);
    assert.equal(await prove(hash), "PNRegistrationResponse 0");
    const session = () => net.network.serverStore.all("members")[0]?.[1].session?.randPNE[0];
    assert.equal(session(), 3);
    return { net, session };
  }

  it("are taken once, and what was there before stays until then (PNI-11a, C-16)", async () => {
    const { net, session } = await inside();
    const wrong = await registered(net, 3, 4);
    assert.equal(session(), 3);
    assert.equal(await wrong.prove(wrong.hash.map((octet) => octet ^ 1)), "PNRegistrationResponse 1");
    assert.equal(await wrong.prove(wrong.hash), "Failure 4");
    assert.equal(session(), 3);
    const right = await registered(net, 3, 5);
    assert.equal(await right.prove(right.hash), "PNRegistrationResponse 0");
    assert.equal(session(), 5);
    assert.equal(await right.prove(right.hash), "Failure 4");
    const { pns } = net.network.serverStore.rows();
    const members = net.network.serverStore.all("members");
    assert.deepEqual([pns.length, pns[0]?.[1].size, members.length], [1, 1, 1]);
  });

  it("are taken for the latest offer alone, and for two minutes", async () => {
    const { net, session } = await inside();
    const older = await registered(net, 3, 6);
    const latest = await registered(net, 3, 7);
    assert.equal(await older.prove(older.hash), "PNRegistrationResponse 1");
    assert.equal(await latest.prove(latest.hash), "Failure 4");
    const late = await registered(net, 3, 8);
    await net.clock.runFor(Milliseconds(120_001));
    assert.equal(await late.prove(late.hash), "Failure 4");
    assert.equal(session(), 3);
  });

  /** What the Server says to the PN GW about these who want into the PN. */
  async function asks(net: TestNetwork, wanting: readonly { id: Uint8Array; starts?: boolean }[]) {
    const server = new PNServer(serverPorts(net));
    const { serverStore: store, gatewayID } = net.network;
    const pnID = new Uint8Array(16).fill(3);
    const members = wanting.map(({ id: entityID, starts = false }) => ({
      pneInfo: encode(pneInfo, { entityID, flags: 1, linkKey: LinkKey.none }),
      rand: new Uint8Array(32).fill(9),
      flags: starts ? PairFlag.initiator : 0,
    }));
    const request = received(pnRegistrationRequest, { pnID, setupType: SetupType.all, members });
    const told = decode(await store.transaction((tables) => server.register(tables, gatewayID, request)));
    const prove = async () => {
      const hashes = wanting.map(({ id: entityID }) => ({ entityID, hash: new Uint8Array(32) }));
      const response = received(pnAuthenticationResponse, { pnID, members: hashes });
      const said = decode(
        await store.transaction((tables) => server.authenticate(tables, gatewayID, response)),
      );
      return said.name === "PNRegistrationResponse" ? said.body.members.map((one) => one.result) : said.name;
    };
    return { told: told.name === "Failure" ? told.body.result : told.name, prove };
  }

  it("are asked for of one member at a time", async () => {
    const { net } = await inside();
    const pne = fromHex(net.device.pne?.view.entityID ?? "");
    const other = new Uint8Array(16).fill(1);
    assert.equal((await asks(net, [{ id: pne }, { id: other }])).told, Result.refused);
  });

  it("prove nothing of one that nobody has enrolled, of which nothing is kept (PNI-11a, C-13)", async () => {
    const { net } = await inside();
    const other = new Uint8Array(16).fill(1);
    const { told, prove } = await asks(net, [{ id: other }]);
    assert.equal(told, "PNAuthenticationRequest");
    assert.deepEqual(await prove(), [Result.refused]);
    assert.equal(await prove(), "Failure", "once");
    const { serverStore } = net.network;
    assert.deepEqual([serverStore.all("members").length, serverStore.rows().pns[0]?.[1].size], [1, 1]);
    assert.equal((await asks(net, [{ id: other, starts: true }])).told, Result.notAuthorized);
    assert.equal(serverStore.all("members").length, 1);
  });

  it("of at most 64 are waited for, each for two minutes, and who waits is no member (PNR-14)", async () => {
    const { net } = await inside();
    const { serverStore } = net.network;
    const others = (from: number) =>
      Array.from({ length: 31 }, (_, i) => ({ id: new Uint8Array(16).fill(from + i) }));
    for (const from of [1, 41]) assert.equal((await asks(net, others(from))).told, "PNAuthenticationRequest");
    assert.equal((await asks(net, others(81))).told, Result.busy);
    assert.equal((await asks(net, [...others(1), { id: new Uint8Array(16).fill(99) }])).told, Result.full);
    const [row] = serverStore.rows().pns;
    assert.ok(row);
    await serverStore.transaction((tables) => removeMember(tables, row[1], hex(new Uint8Array(16).fill(1))));
    assert.equal(serverStore.rows().pns[0]?.[1].size, 1);
    await net.clock.runFor(Milliseconds(120_001));
    assert.equal((await asks(net, others(81))).told, "PNAuthenticationRequest");
  });
});
