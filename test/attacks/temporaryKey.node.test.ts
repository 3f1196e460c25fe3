import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { serverID } from "../../hosts/simulator/network/gatewayPlace.js";
import { ascii, hex } from "../../src/base/octets.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Method } from "../../src/codec/methods.js";
import { deriveKeys } from "../../src/crypto/keys/pairKeys.js";
import { releaseProof } from "../../src/crypto/keys/temporaryKey.js";
import { relaying } from "../../src/gateway/relaying.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import { KeyOrigin } from "../../src/keystore/schemas.js";
import { refusal } from "../../src/procedure/procedure.js";
import { runProcedure } from "../../src/procedure/run.js";
import { EnrolClient } from "../../src/protocols/enrolment/client.js";
import { euKeyAssignmentTrigger, temporaryKeyRequest } from "../../src/protocols/temporaryKey/messages.js";
import { TemporaryKeyServer } from "../../src/protocols/temporaryKey/server.js";
import { ended, noFault } from "../support/ended.js";
import { EnrolPair, pne, realm } from "../support/enrolPair.js";
import { alice, bob, outcome } from "../support/network.js";
import { SensorNetwork, sensor, sensorID, temporaryKey } from "../support/noUI.js";
import { exchange } from "../support/registering.js";
import { serverPorts } from "../support/serverPorts.js";

const start = (spec = sensor): Promise<SensorNetwork> => new SensorNetwork(spec).start();
type Decoded = ReturnType<typeof everyMessage.decode>;
type Request = Decoded & { readonly name: "TemporaryKeyRequest" };

/** A PN GW that is the attacker's: it sees, and may alter, what it says to the Server inside its own session. */
function rogue(net: SensorNetwork, hand: (message: Decoded) => Uint8Array | undefined): Decoded[] {
  const seen: Decoded[] = [];
  const { server } = net.network.gateway;
  const honest = server.exchange.bind(server);
  server.exchange = (octets, done) => {
    const message = everyMessage.decode(octets, 8192);
    seen.push(message);
    honest(hand(message) ?? octets, done);
  };
  return seen;
}

const requestOf = (seen: readonly Decoded[]): Request => {
  const found = seen.find((one): one is Request => one.name === "TemporaryKeyRequest");
  return found ?? assert.fail("no TemporaryKeyRequest");
};

async function released(net: SensorNetwork, octets: Uint8Array): Promise<Uint8Array | undefined> {
  const answer = await exchange(net, octets);
  const message = typeof answer === "string" ? assert.fail(answer) : everyMessage.decode(answer);
  return message.name === "TemporaryKeyResponse" ? message.body.key : assert.fail(message.name);
}

/** Asks the Server's procedure over the same tables, as another PN GW would. */
function releasedBy(net: SensorNetwork, gateway: Uint8Array, message: Request): Promise<Uint8Array> {
  const server = new TemporaryKeyServer(serverPorts(net));
  return net.network.serverStore.transaction((tables) => server.release(tables, gateway, message));
}

/** Runs until the Server has let TK' out, whose answer is lost: nothing is confirmed. */
async function upToRelease(net: SensorNetwork): Promise<Request> {
  const seen = rogue(net, () => undefined);
  const { server } = net.network.gateway;
  const passing = server.exchange.bind(server);
  server.exchange = (octets, done) => {
    const lost = everyMessage.decode(octets, 8192).name === "TemporaryKeyRequest";
    passing(octets, (result) => done(lost ? { error: refusal(2) } : result));
  };
  assert.equal(await net.atGateway("temporaryKey"), "result.serverUnreachable");
  server.exchange = passing;
  return requestOf(seen);
}

describe("who wants the Temporary Key of a device (SEC-06)", () => {
  it("gets nothing a second time once the device has confirmed its EUKey", async () => {
    const net = await start();
    const seen = rogue(net, () => undefined);
    assert.equal(await net.atGateway("temporaryKey"), "done");
    assert.equal(await released(net, requestOf(seen).octets), undefined);
    assert.equal(net.logged("server temporaryKey.refused"), 1);
  });

  it("may repeat what was lost, and gets what it would have had, until the device has confirmed", async () => {
    const net = await start();
    const { octets } = await upToRelease(net);
    const first = await released(net, octets);
    const again = await released(net, octets);
    assert.ok(first && again);
    assert.equal(hex(first), hex(again));
    await net.pass(8);
    assert.equal(await net.atGateway("temporaryKey"), "done", "and the person may try again");
    assert.equal(await released(net, octets), undefined);
  });

  it("gets nothing for another device, rand, epoch or key, nor with another proof", async () => {
    const net = await start();
    const { body } = await upToRelease(net);
    for (const name of ["entityID", "rand", "gatewayRand", "epoch", "keyID", "proof"] as const) {
      const altered = body[name].slice();
      (altered[0] as number) ^= 1;
      const octets = encodeMessage(temporaryKeyRequest, 1, { ...body, [name]: altered });
      assert.equal(await released(net, octets), undefined, name);
    }
  });

  it("gets nothing through another PN GW, even one that repeats every octet", async () => {
    const net = await start();
    const message = await upToRelease(net);
    const answer = everyMessage.decode(await releasedBy(net, ascii("gateway-02"), message));
    assert.ok(answer.name === "TemporaryKeyResponse" && answer.body.key === undefined);
  });

  it("gets nothing through a PN GW at which nobody has authenticated, though the device asks there, too (SEC-06)", async () => {
    const net = await start();
    const message = await upToRelease(net);
    const { body } = message;
    const ask = async (gateway: Uint8Array): Promise<Uint8Array | undefined> => {
      const keys = deriveKeys(nodeSuite, "TK", temporaryKey, sensorID);
      const parties = { pne: sensorID, gateway, server: serverID, userID: ascii(alice.userID) };
      const { rand: randPNE, gatewayRand: randGateway, epoch, keyID } = body;
      const proof = releaseProof(nodeSuite, keys, { ...parties, randPNE, randGateway, epoch, keyID });
      const answer = await releasedBy(net, gateway, { ...message, body: { ...body, proof } });
      const told = everyMessage.decode(answer);
      return told.name === "TemporaryKeyResponse" ? told.body.key : assert.fail(told.name);
    };
    assert.equal(await ask(ascii("gateway-02")), undefined);
    assert.ok(await ask(net.network.gatewayID), "the same proof for its own PN GW holds");
  });

  it("gets nothing for another User than the one who has authenticated", async () => {
    const net = await start();
    const { octets } = await upToRelease(net);
    const [name, claim] = net.network.serverStore.all("staged")[0] ?? assert.fail();
    await net.network.serverStore.transaction(({ staged }) =>
      staged.put(name, { ...claim, userID: ascii(bob.userID) }),
    );
    assert.equal(await released(net, octets), undefined);
  });

  it("gets nothing for a second User in the same epoch: the first one's device is not taken over half way", async () => {
    const net = await start();
    await upToRelease(net);
    await net.pass(8);
    assert.equal(await net.atGateway("temporaryKey", bob), "device.refused");
    assert.equal(net.keys, "empty");
    await net.run({ kind: "factoryReset" });
    await net.pass(8);
    assert.equal(
      await net.atGateway("temporaryKey", bob),
      "done",
      "whoever holds the device decides, by a reset",
    );
  });

  it("gets nothing without a User: no key waits for the device", async () => {
    const net = await start();
    const { body } = await upToRelease(net);
    const [name] = net.network.serverStore.all("staged")[0] ?? assert.fail();
    await net.network.serverStore.transaction(({ staged }) => staged.delete(name));
    assert.equal(await released(net, encodeMessage(temporaryKeyRequest, 1, body)), undefined);
  });

  it("gets nothing by random values that were good before a factory reset", async () => {
    const net = await start();
    const before = await upToRelease(net);
    await net.run({ kind: "factoryReset" });
    await net.pass(8);
    assert.equal(await net.atGateway("temporaryKey"), "done");
    assert.equal(await released(net, before.octets), undefined);
  });

  it("gets nothing in the clear, nor as a PNE through a PN GW", async () => {
    const net = await start();
    const { octets } = await upToRelease(net);
    assert.equal(everyMessage.decode(await net.network.server.handle(octets)).name, "Failure");
    let inner: string | undefined;
    const { server } = net.network.gateway;
    relaying(server.exchange.bind(server), sensorID)(octets, (result) => {
      inner = "value" in result ? everyMessage.decode(result.value).name : "failed";
    });
    await net.pass(1);
    assert.equal(inner, "Failure");
  });
});

describe("a device that is not the one whose name it bears", () => {
  it("gets no EUKey without the Temporary Key", async () => {
    const net = await start();
    await net.network.serverStore.transaction((tables) =>
      tables.devices.put(hex(sensorID), { temporaryKey: new Uint8Array(32).fill(9) }),
    );
    assert.equal(await net.atGateway("temporaryKey"), "device.refused");
    assert.equal(net.keys, "empty");
    assert.equal(net.entity?.committed, undefined);
  });

  it("is not made the User's by a PN GW that knows the password: the claim is missing (C-10)", async () => {
    const net = await start();
    const { random } = net.device.options;
    const { server } = net.network.gateway;
    let told = "nothing";
    const client = new EnrolClient(
      {
        suite: nodeSuite,
        random,
        parties: { pne: sensorID, gateway: net.network.gatewayID, server: serverID },
        userID: ascii(alice.userID),
        password: ascii(alice.password),
        methods: [Method.spake2plus],
        stage: () => {},
        commit: () => {},
      },
      1,
    );
    runProcedure(client, relaying(server.exchange.bind(server), sensorID), noFault, (result) => {
      told = ended(result, "enrolled");
    });
    await net.pass(5);
    assert.equal(told, "result.refused");
    assert.equal(net.entity?.committed, undefined);
  });
});

describe("who takes the Entity ID of a factory's device for a PN GW of his own (C-12, SEC-06)", () => {
  it("is not its owner, so that the device can still be enrolled", async () => {
    const pair = await new EnrolPair().register("mallory", "wonderland");
    const origin = { role: "gateway", entityID: pne, gatewayID: pne } as const;
    const parties = { pne: undefined, gateway: pne, server: realm };
    const asGateway = { methods: [Method.spake2plus], userID: "mallory", origin, parties };
    const device = { temporaryKey: new Uint8Array(32).fill(9) };
    await pair.store.transaction((tables) => tables.devices.put(hex(pne), device));
    assert.equal((await pair.attempt(asGateway)).outcome, "result.refused");
    assert.equal((await pair.store.get("entities", hex(pne)))?.committed, undefined);
    await pair.store.transaction((tables) => tables.devices.delete(hex(pne)));
    assert.equal((await pair.attempt(asGateway)).outcome, "enrolled", "of one that no factory knows he is");
  });
});

describe("a PN GW that was there when the device got its EUKey (C-18)", () => {
  it("cannot use the EUKey that it has seen once it is replaced", async () => {
    const net = await start();
    let seen: { readonly id: Uint8Array; readonly key: Uint8Array } | undefined;
    rogue(net, (message) => {
      // The Server's tables stand for what the PN GW has read: it is the same key.
      const [, staged] = net.network.serverStore.all("staged")[0] ?? [];
      if (message.name === "Relayed" && staged?.origin === "gatewayEscrow") {
        seen = { id: staged.id, key: staged.key.slice() };
      }
      return undefined;
    });
    assert.equal(await net.atGateway("temporaryKey"), "done");
    assert.ok(seen);
    await net.pass(8);
    const store = new KeyStore(net.device.options.flash, nodeSuite);
    const origin = KeyOrigin.password;
    store.stage({ ...seen, createdAt: 1, origin, userID: ascii(alice.userID), serverID });
    store.commit(seen.id);
    assert.notEqual(outcome(await net.join()), "joined");
  });

  for (const leg of ["EUKeyRotationRequest", "EUKeyRotationResponse"] as const) {
    for (const part of ["share", "proof"] as const) {
      it(`cannot put itself between PNE and Server by another ${part} in ${leg}`, async () => {
        const net = await start();
        let altered = 0;
        const spoil = (octets: Uint8Array): Uint8Array => {
          const message = everyMessage.decode(octets);
          if (message.name !== leg) return octets;
          altered++;
          const out = octets.slice();
          const value = hex(message.body[part]);
          const at = hex(octets).indexOf(value) / 2;
          (out[at + (part === "share" ? 0 : 3)] as number) ^= 1;
          return out;
        };
        const { server } = net.network.gateway;
        const honest = server.exchange.bind(server);
        const { relayed } = await import("../../src/protocols/data/messages.js");
        const through = (octets: Uint8Array): Uint8Array => {
          const outer = everyMessage.decode(octets, 8192);
          if (outer.name !== "Relayed") return octets;
          const { origin, message } = outer.body;
          return encodeMessage(relayed, outer.exchange, { origin, message: spoil(message) });
        };
        server.exchange = (octets, done) =>
          honest(through(octets), (result) =>
            done("value" in result ? { value: through(result.value) } : result),
          );
        assert.equal(await net.atGateway("temporaryKey"), "done");
        assert.ok(altered > 0);
        assert.equal(net.origin, "gatewayEscrow");
        assert.equal(net.device.pne?.view.escrowed, true, "and the device says so");
        server.exchange = honest;
        net.network.dropLink(net.device);
        await net.pass(15);
        assert.equal(net.origin, "temporary", "the next connection makes up for it");
        assert.equal(net.device.pne?.view.escrowed, undefined);
      });
    }
  }

  it("cannot keep the EUKey in use by keeping its replacement back: neither PNE nor Server takes it meanwhile", async () => {
    const net = await start();
    const { server } = net.network.gateway;
    const honest = server.exchange.bind(server);
    server.exchange = (octets, done) => {
      const outer = everyMessage.decode(octets, 8192);
      const inner = outer.name === "Relayed" ? everyMessage.decode(outer.body.message).name : outer.name;
      if (inner === "EUKeyRotationRequest") done({ error: refusal(2) });
      else honest(octets, done);
    };
    assert.equal(await net.atGateway("temporaryKey"), "done");
    assert.equal(net.origin, "gatewayEscrow");
    assert.equal(outcome(await net.join()), "pn.escrowed");

    // A PN GW that plays the device: here the device itself, which takes the key for one of its own.
    const held = net.entity?.committed ?? assert.fail("no key");
    const store = new KeyStore(net.device.options.flash, nodeSuite);
    const origin = KeyOrigin.password;
    store.stage({ ...held, createdAt: 1, origin, userID: ascii(alice.userID), serverID });
    store.commit(held.id);
    assert.equal(outcome(await net.join()), "pn.refused");
    server.exchange = honest;
  });

  it("cannot make the Server replace an EUKey that no PN GW has seen, nor the same one twice", async () => {
    const net = await start();
    const seen = rogue(net, () => undefined);
    assert.equal(await net.atGateway("temporaryKey"), "done");
    const rotation = seen.find(
      (one) =>
        one.name === "Relayed" && everyMessage.decode(one.body.message).name === "EUKeyRotationRequest",
    );
    assert.ok(rotation);
    const before = hex(net.entity?.committed?.id ?? new Uint8Array(0));
    const answer = await exchange(net, rotation.octets);
    const outer = typeof answer === "string" ? assert.fail(answer) : everyMessage.decode(answer);
    assert.ok(outer.name === "Relayed");
    assert.equal(everyMessage.decode(outer.body.message).name, "Failure");
    assert.equal(net.network.serverStore.size("staged"), 0);
    assert.equal(hex(net.entity?.committed?.id ?? new Uint8Array(0)), before);
  });
});

describe("a rogue PN GW that triggers a device without a User", () => {
  const trigger = (net: SensorNetwork, rand: Uint8Array): void => {
    const body = { userID: ascii("mallory"), rand, keyID: new Uint8Array(8).fill(7) };
    net.network.pneLink(net.device)?.push((n) => encodeMessage(euKeyAssignmentTrigger, n, body));
  };

  it("gets a proof that opens nothing, and the device is as it was", async () => {
    const net = await start();
    trigger(net, new Uint8Array(32).fill(5));
    await net.pass(30);
    assert.equal(net.keys, "empty");
    assert.equal(await net.atGateway("temporaryKey"), "done");
  });

  it("cannot wear it out by a storm of triggers, nor crash it by a RAND of zeros or a half trigger", async () => {
    const net = await start();
    const link = net.network.pneLink(net.device);
    for (let i = 0; i < 60; i++) {
      trigger(net, i % 2 === 0 ? new Uint8Array(32) : new Uint8Array(32).fill(i));
      link?.push((n) => encodeMessage(euKeyAssignmentTrigger, n, { userID: ascii("mallory") }));
      link?.push((n) => encodeMessage(euKeyAssignmentTrigger, n, {}));
      await net.clock.runFor(200 as never);
    }
    await net.pass(60);
    assert.equal(net.keys, "empty");
    assert.ok(net.device.options.flash.writes <= 4, "one epoch, whatever comes");
    assert.equal(await net.atGateway("temporaryKey"), "done");
  });

  it("cannot take an enrolled device from its owner", async () => {
    const net = await start();
    assert.equal(await net.atGateway("temporaryKey"), "done");
    await net.pass(8);
    const before = net.device.pne?.view.euKeyID;
    trigger(net, new Uint8Array(32).fill(5));
    await net.pass(30);
    assert.equal(net.device.pne?.view.euKeyID, before);
    assert.equal(outcome(await net.join()), "joined");
  });
});
