import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { serverID } from "../../hosts/simulator/network/gatewayPlace.js";
import { VirtualFlash } from "../../hosts/simulator/world/flash.js";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage, type MessageDefinition, messageSet } from "../../src/codec/message.js";
import { Result } from "../../src/codec/results.js";
import { encode } from "../../src/codec/schema.js";
import { deriveKeys } from "../../src/crypto/keys/pairKeys.js";
import { hashPNE, relayedSessionKey } from "../../src/crypto/keys/relayedKeys.js";
import { pnUpdateRequest } from "../../src/protocols/network/invitations.js";
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
import { Family } from "../support/family.js";
import { alice, bob, outcome, TestNetwork } from "../support/network.js";
import { serverPorts } from "../support/serverPorts.js";

const pnID = new Uint8Array(16).fill(3);
const decode = (octets: Uint8Array) => everyMessage.decode(octets, maximumBackhaulMessage);
const received = <Name extends string, Body>(definition: MessageDefinition<Name, Body>, body: Body) =>
  messageSet(definition).decode(encodeMessage(definition, 1, body));

/** A PN GW that brings requests to the Server when it likes, of devices that prove what is said of them. */
class WhenItLikes {
  readonly #net: Family;
  readonly #server: PNServer;
  #tries = 0;

  constructor(net: Family) {
    this.#net = net;
    this.#server = new PNServer(serverPorts(net));
  }

  /** Asks for a proof of the device; returns what brings it, or the Result of the refusal. */
  async offered(id: string, byItself: boolean): Promise<(() => Promise<number | undefined>) | number> {
    const { serverStore: store, gatewayID: gateway } = this.#net.network;
    const pne = fromHex(this.#net.id(id));
    const randPNE = new Uint8Array(32).fill(++this.#tries);
    const flags = byItself ? PairFlag.initiator : 0;
    const info = encode(pneInfo, { entityID: pne, flags: 1, linkKey: LinkKey.none });
    const member = { pneInfo: info, rand: randPNE, flags };
    const request = received(pnRegistrationRequest, { pnID, setupType: SetupType.all, members: [member] });
    const said = decode(await store.transaction((tables) => this.#server.register(tables, gateway, request)));
    if (said.name === "Failure") return said.body.result;
    assert.ok(said.name === "PNAuthenticationRequest");
    const { rand: randServer } = said.body;
    const context = { pnID, pne, gateway, server: serverID, pneInfo: info, flags, randPNE, randServer };
    const { key } = store.get("entities", hex(pne))?.committed ?? assert.fail();
    const keys = deriveKeys(nodeSuite, "EUK", key, pne);
    const hash = hashPNE(nodeSuite, keys, context, relayedSessionKey(nodeSuite, keys, context));
    return async () => {
      const response = received(pnAuthenticationResponse, { pnID, members: [{ entityID: pne, hash }] });
      const told = decode(
        await store.transaction((tables) => this.#server.authenticate(tables, gateway, response)),
      );
      assert.ok(told.name === "PNRegistrationResponse", told.name);
      return told.body.members[0]?.result;
    };
  }

  async comes(id: string, byItself: boolean): Promise<number | undefined> {
    const proof = await this.offered(id, byItself);
    return typeof proof === "number" ? proof : proof();
  }

  async leaves(id: string): Promise<void> {
    const { serverStore: store, gatewayID } = this.#net.network;
    const left = received(pnUpdateRequest, { pnID, left: [fromHex(this.#net.id(id))] });
    await store.transaction((tables) => this.#server.update(tables, gatewayID, left));
  }
}

/** The kitchen and the hall are alice's, the cellar is bob's, who has started the network; the kitchen was asked. */
async function bobs(): Promise<WhenItLikes> {
  const net = await new Family(["kitchen", "hall", "cellar"].map((id) => Family.spec(id))).start();
  for (const [id, user] of [
    ["kitchen", alice],
    ["hall", alice],
    ["cellar", bob],
  ] as const)
    assert.equal(outcome(await net.enrol(user, net.of(id))), "enrolled");
  const gateway = new WhenItLikes(net);
  assert.equal(await gateway.comes("cellar", true), Result.ok);
  assert.equal(await gateway.comes("kitchen", false), Result.ok);
  return gateway;
}

describe("a PN GW that brings at its own time who comes by himself into a network that stands (PNI-05, C-13)", () => {
  it("gets nobody in whose User has neither started it nor everybody in it", async () => {
    const gateway = await bobs();
    assert.equal(await gateway.offered("hall", true), Result.notAuthorized);
    await gateway.leaves("cellar");
    assert.equal(
      await gateway.comes("hall", true),
      Result.ok,
      "all in it are of one User, and so is the hall",
    );
  });

  it("gets nobody in by a proof that was offered while all were of his User, and somebody else has come since", async () => {
    const gateway = await bobs();
    await gateway.leaves("cellar");
    const proof = await gateway.offered("hall", true);
    assert.equal(await gateway.comes("cellar", false), Result.ok, "asked again");
    assert.ok(typeof proof === "function");
    assert.equal(await proof(), Result.notAuthorized);
    await gateway.leaves("cellar");
    assert.equal(await gateway.comes("hall", true), Result.ok);
  });
});

describe("a device that was in networks of who had only its name (C-12, SEC-06)", () => {
  const temporaryKey = new Uint8Array(32).fill(0x5a);
  const named = { ...Family.spec("keypad"), entityID: ascii("READ-OFF-THE-AIR"), temporaryKey };

  it("is in none of them once its owner has it, and their PN GW is told", async () => {
    const net = await new TestNetwork({ devices: [named] }).start();
    const { serverStore } = net.network;
    const id = hex(named.entityID);
    const record = (await serverStore.get("devices", id)) ?? assert.fail();
    await serverStore.transaction((tables) => tables.devices.delete(id));
    assert.equal(outcome(await net.enrol(bob)), "enrolled", "before the factory's record was imported");
    assert.equal(outcome(await net.join()), "joined");
    await serverStore.transaction((tables) => tables.devices.put(id, record));
    // Its link is lost, and the PN GW waits for it.
    net.device.powerOff();
    net.device.options.flash.restore(new VirtualFlash().snapshot());
    net.device.powerOn();
    await net.clock.runFor(Milliseconds(5_000));
    assert.equal(serverStore.size("members"), 1);
    assert.equal(outcome(await net.enrol(alice)), "enrolled");
    assert.equal(hex(serverStore.get("entities", id)?.userID ?? assert.fail()), hex(ascii("alice")));
    assert.deepEqual([serverStore.size("members"), serverStore.size("pns")], [0, 0]);
    assert.equal(serverStore.size("pushes"), 1);
    assert.equal(outcome(await net.join()), "joined");
  });
});
