import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage, peekMessage } from "../../src/codec/message.js";
import { Channel } from "../../src/link/channel.js";
import { applicationData } from "../../src/protocols/data/messages.js";
import { pnDissolveNotify, pnInventoryNotify } from "../../src/protocols/network/invitations.js";
import { pnAuthenticationResponse, pnRegistrationRequest } from "../../src/protocols/network/messages.js";
import { Family } from "../support/family.js";
import { alice, outcome, TestNetwork } from "../support/network.js";
import { SensorNetwork, sensor, temporaryKey } from "../support/noUI.js";
import { exchange } from "../support/registering.js";
import { Middle, openPlaces, type Passed } from "./middle/middle.js";

const three = ["kitchen", "hall", "cellar"].map((id) => Family.spec(id));
const ready = (): Promise<Family> => new Family(three).ready();
const octetsOf = (id: string): Uint8Array => fromHex(id);

let close = (): void => {};
/** The man in the middle can stand everywhere. */
function withPlaces(): void {
  before(() => {
    close = openPlaces();
  });
  after(() => close());
}

type Decoded = ReturnType<typeof everyMessage.decode>;
type Named<Name> = Extract<Decoded, { readonly name: Name }>;

function only<Name extends Decoded["name"]>(passed: readonly Passed[], name: Name, n = 0): Named<Name> {
  const found = passed.filter((one) => one.name === name)[n];
  const message = found && everyMessage.decode(found.octets, 8192);
  return message?.name === name ? (message as Named<Name>) : assert.fail(name);
}

describe("a PN GW that says more of its PNEs than is so", () => {
  withPlaces();

  it("cannot put into a PN one that has refused, not even with its HASH of an earlier PN", async () => {
    const net = await ready();
    const earlier = new Middle(net);
    await net.together("kitchen", ["hall", "cellar"]);
    earlier.leave(net);
    net.command("kitchen", { kind: "dissolvePN" });
    await net.pass(10);
    const asked = only(earlier.passed, "PNRegistrationRequest").body;
    const proven = only(earlier.passed, "PNAuthenticationResponse").body;
    const cellar = net.id("cellar");
    const member = asked.members.find((one) => hex(one.pneInfo).includes(cellar)) ?? assert.fail();
    const hash = proven.members.find((one) => hex(one.entityID) === cellar) ?? assert.fail();
    const middle = new Middle(net, ({ place, octets, name }) => {
      if (place !== "session") return undefined;
      const message = everyMessage.decode(octets, 8192);
      if (message.name === "PNRegistrationRequest") {
        const members = [...message.body.members, member];
        return encodeMessage(pnRegistrationRequest, message.exchange, { ...message.body, members });
      }
      if (message.name !== "PNAuthenticationResponse") return undefined;
      const members = [...message.body.members, hash];
      assert.equal(name, message.name);
      return encodeMessage(pnAuthenticationResponse, message.exchange, { ...message.body, members });
    });
    await net.together("kitchen", ["hall"], ["cellar"]);
    middle.leave(net);
    const [, pn] = net.network.serverStore.rows().pns.at(-1) ?? assert.fail();
    const inside = pn.members.map((one) => hex(one.entityID)).sort();
    assert.deepEqual(inside, [net.id("hall"), net.id("kitchen")].sort());
    assert.deepEqual(net.members("kitchen"), ["hall", "kitchen"]);
    assert.equal(net.members("cellar"), undefined);
  });

  it("cannot let one PNE take part under the Entity ID of another", async () => {
    const net = await ready();
    const before = net.network.serverStore.rows().pns.length;
    net.of("cellar").powerOff();
    await net.pass(5);
    // The hall says at its discovery, and in its PNEInfo, that it is the cellar.
    const [own, other] = [net.id("hall"), net.id("cellar")];
    const claimed = (octets: Uint8Array): Uint8Array => fromHex(hex(octets).replace(own, other));
    const middle = new Middle(net, ({ place, name, octets }) => {
      const says = name === "EntityDiscoveryRequest" || name === "PNSetupRequest";
      return place === "link" && says && hex(octets).includes(own) ? claimed(octets) : undefined;
    });
    net.network.dropLink(net.of("hall"));
    await net.pass(6);
    assert.equal(hex(net.network.pneLink(net.of("hall"))?.entityID ?? new Uint8Array()), other);
    assert.notEqual(outcome(await net.join(net.of("hall"))), "joined");
    middle.leave(net);
    const established = net.network.serverStore.rows().pns.filter(([, pn]) => pn.established);
    assert.equal(established.length, before);
  });

  it("cannot end the PNs of another PN GW, nor know that they are there", async () => {
    const net = await ready();
    await net.together("kitchen", ["hall", "cellar"]);
    const name = net.network.serverStore.rows().pns[0]?.[0] ?? "";
    const foreign = `${hex(ascii("gateway-02"))}/${name.split("/")[1]}`;
    const gatewayID = ascii("gateway-02");
    const inside = net.network.serverStore.all("members").filter(([key]) => key.startsWith(`${name}/`));
    await net.network.serverStore.transaction(async ({ pns, members }) => {
      const pn = (await pns.get(name)) ?? assert.fail();
      await pns.delete(name);
      await pns.put(foreign, { ...pn, gatewayID });
      for (const [key, member] of inside) {
        await members.delete(key);
        await members.put(key.replace(name, foreign), { ...member, gatewayID });
      }
    });
    net.command("kitchen", { kind: "dissolvePN" });
    await net.pass(10);
    const kept = net.network.serverStore.rows().pns.find(([one]) => one === foreign)?.[1];
    assert.equal(kept?.members.length, 3);
  });
});

describe("a member that passes itself off as another", () => {
  withPlaces();

  it("is heard under its own name, whatever it puts into its message (PNI-04a)", async () => {
    const net = await ready();
    await net.together("kitchen", ["hall", "cellar"]);
    const middle = new Middle(net, ({ place, octets }) => {
      const message = everyMessage.decode(octets);
      if (place !== "link" || message.name !== "ApplicationData" || !message.body.target) return undefined;
      const origin = octetsOf(net.id("kitchen"));
      return encodeMessage(applicationData, message.exchange, { ...message.body, origin });
    });
    net.command("hall", { kind: "sendToMember", to: net.id("cellar"), text: "open the door" });
    await net.pass(5);
    middle.leave(net);
    assert.ok(middle.passed.some((one) => one.name === "ApplicationDataNotify"));
    assert.deepEqual(net.said.get("cellar")?.at(-1), {
      kind: "message",
      from: "member",
      name: "hall",
      text: "open the door",
    });
  });

  it("cannot say in the place of another that its data has arrived", async () => {
    const net = await ready();
    await net.together("kitchen", ["hall", "cellar"]);
    // The cellar is told nothing, and the hall reports.
    const middle = new Middle(net, ({ name, octets }) =>
      name === "ApplicationDataNotify" ? octets.slice(0, -1) : undefined,
    );
    net.command("kitchen", { kind: "sendToMember", to: net.id("cellar"), text: "dinner" });
    await net.pass(1);
    net.command("hall", { kind: "sendToMember", to: net.id("kitchen"), text: "x" });
    await net.pass(20);
    middle.leave(net);
    assert.equal(net.kinds("kitchen").at(-1), "result.noRoute");
    assert.equal(net.kinds("hall").at(-1), "result.noRoute");
  });
});

describe("notices that nobody has a right to", () => {
  withPlaces();

  it("change nothing at a PNE that has lost its link, from who connects in the place of its PN GW", async () => {
    const net = await new TestNetwork().joined();
    const pnID = octetsOf(net.device.pne?.view.pn?.id ?? "");
    const { gateway } = net.network;
    const connected = gateway.connected.bind(gateway);
    let forged = 0;
    // It answers nothing that a true one would, but pushes as soon as it hears of the PNE.
    gateway.connected = (connection) => {
      if (forged > 0) return connected(connection);
      const channel = new Channel({
        port: connection,
        clock: net.clock,
        onMessage: () => {
          forged++;
          channel.send(encodeMessage(pnDissolveNotify, 1, { pnID }));
          channel.send(encodeMessage(pnInventoryNotify, 2, { pnID, members: [] }));
        },
        onFailure: () => connection.disconnect(),
      });
      net.clock.after(Milliseconds(2_000), () => connection.disconnect());
      return { fragment: (one: Uint8Array) => channel.fragment(one), closed() {} } as never;
    };
    gateway.disconnected = () => {};
    net.network.dropLink(net.device);
    await net.clock.runFor(Milliseconds(20_000));
    assert.ok(forged > 0);
    assert.equal(net.device.pne?.view.pn?.members.length, 1);
    assert.equal(net.device.pne?.view.pn?.away, false, "and the true one has come back");
  });

  it("are not taken from another PN, nor after they were recorded", async () => {
    const net = await ready();
    await net.together("kitchen", ["hall", "cellar"]);
    const old = octetsOf(net.of("kitchen").pne?.view.pn?.id ?? "");
    net.command("kitchen", { kind: "dissolvePN" });
    await net.pass(10);
    await net.together("kitchen", ["hall", "cellar"]);
    const link = net.network.pneLink(net.of("kitchen")) ?? assert.fail();
    link.push((exchange) => encodeMessage(pnDissolveNotify, exchange, { pnID: old }));
    link.push((exchange) => encodeMessage(pnInventoryNotify, exchange, { pnID: old, members: [] }));
    await net.pass(3);
    assert.deepEqual(net.members("kitchen"), ["cellar", "hall", "kitchen"]);
  });
});

describe("records of before", () => {
  withPlaces();

  it("open nothing on a link that was resumed: its counters start anew, under another key (GWA-01)", async () => {
    const net = await new TestNetwork().joined();
    const from = net.fragments.length;
    for (let i = 0; i < 3; i++) await net.run({ kind: "sendToGateway", text: `${i}` });
    const recorded = net.fragments.slice(from).filter((one) => one.direction === "toGateway");
    assert.equal(recorded.length, 3);
    for (const { octets } of recorded) {
      net.network.dropLink(net.device);
      await net.clock.runFor(Milliseconds(5_000));
      const data = net.log.filter((line) => line.startsWith("gateway pn.data")).length;
      // In the place of the next fragment, with its head.
      net.hand = (fragment, direction) => {
        if (direction === "toPNE") return [fragment];
        net.hand = undefined;
        const replayed = octets.slice();
        replayed.set(fragment.subarray(0, 2));
        return [replayed];
      };
      const told = outcome(await net.run({ kind: "sendToGateway", text: "now" }));
      assert.equal(told, "linkLost");
      assert.equal(net.log.filter((line) => line.startsWith("gateway pn.data")).length, data);
      assert.equal(net.device.pne?.view.pn?.away, false);
      assert.equal(outcome(await net.run({ kind: "sendToGateway", text: "again" })), "message");
    }
  });

  it("of the PN GW open nothing at the Server after its session was renewed", async () => {
    const net = await new TestNetwork().joined();
    await net.run({ kind: "sendToServer", text: "x" });
    const record = net.backhaul.filter((octets) => octets[0] === 2).at(-1) ?? assert.fail();
    net.network.gateway.server.forget();
    await net.run({ kind: "sendToServer", text: "y" });
    for (const replayed of [record, net.backhaul.filter((octets) => octets[0] === 2).at(-1) ?? record]) {
      const answer = await net.network.server.handle(replayed);
      assert.equal(everyMessage.decode(answer).name, "Failure");
    }
    assert.equal(outcome(await net.run({ kind: "sendToServer", text: "z" })), "message");
  });
});

describe("a HASH that comes back to who made it", () => {
  withPlaces();

  for (const [sent, back] of [
    ["AuthenticateResponse", "ConnectResponse"],
    ["AuthenticationResponse", "PNSetupResponse"],
    ["RekeyRequest", "RekeyResponse"],
    ["EUKeyAssignmentRequest.confirm", "EUKeyAssignmentResponse.ack"],
  ] as const) {
    it(`${sent} proves nothing as ${back}`, async () => {
      const limits = { records: 8, lifetime: 3_600 as never };
      const net = new TestNetwork({ limits, pneSuite: nodeSuite });
      await net.start();
      let own: string | undefined;
      let reflected = 0;
      const middle = new Middle(net, ({ place, name, octets }) => {
        if (place !== "link") return undefined;
        const message = everyMessage.decode(octets);
        if (name === sent && "hash" in message.body) own = hex(message.body.hash as Uint8Array);
        if (name !== back || own === undefined || !("hash" in message.body)) return undefined;
        reflected++;
        return fromHex(hex(octets).replace(hex(message.body.hash as Uint8Array), own));
      });
      const enrolled = outcome(await net.enrol());
      const joined = enrolled === "enrolled" ? outcome(await net.join()) : enrolled;
      for (let i = 0; joined === "joined" && i < 10; i++) {
        const told = outcome(await net.run({ kind: "sendToServer", text: `${i}` }));
        if (told !== "message") break;
      }
      middle.leave(net);
      assert.ok(reflected > 0);
      const refused = net.log.some((line) =>
        /keypad pne\.(failed|notRenewed) .*(refused|notTrusted)/.test(line),
      );
      assert.ok(refused, net.log.slice(-3).join("\n"));
    });
  }
});

describe("two devices without UI, and a PN GW that swaps what is theirs (SEC-06)", () => {
  withPlaces();

  it("gives neither the key of the other", async () => {
    const twins = ["left", "right"].map((id, i) => ({
      ...sensor,
      id,
      entityID: ascii(`sensor-000${i + 1}`),
      temporaryKey: temporaryKey.map((octet) => octet ^ i),
    }));
    const net = await new SensorNetwork(sensor, { devices: twins }).start();
    for (const name of ["EUKeyAssignmentRequest.temporary", "EUKeyAssignmentResponse.temporary"]) {
      // What was first said of this name, to or by the left one, is said again in the place of the right one's.
      let first: Uint8Array | undefined;
      let swapped = 0;
      const middle = new Middle(net, (passed) => {
        if (passed.place !== "link" || passed.name !== name) return undefined;
        first ??= passed.octets;
        if (first === passed.octets) return undefined;
        swapped++;
        const exchangeOf = peekMessage(passed.octets)?.exchange ?? 0;
        return withExchange(first, exchangeOf);
      });
      for (const { entityID } of twins) await net.atGateway("temporaryKey", alice, entityID);
      middle.leave(net);
      assert.ok(swapped > 0, name);
      const right = net.network.device("right");
      assert.equal(right.pne?.view.keys, "empty", name);
      const entity = net.network.serverStore.rows().entities.find(([id]) => id === hex(ascii("sensor-0002")));
      assert.equal(entity?.[1].committed, undefined, name);
      for (const device of net.network.devices) await net.run({ kind: "factoryReset" }, device);
      await net.pass(10);
    }
    for (const { entityID } of twins)
      assert.equal(await net.atGateway("temporaryKey", alice, entityID), "done");
  });
});

/** `[1, type, exchange, body]` with another exchange. */
function withExchange(octets: Uint8Array, number: number): Uint8Array {
  const message = everyMessage.decode(octets);
  const definition = everyMessage.definitions.find((one) => one.name === message.name) ?? assert.fail();
  return encodeMessage(definition, number, message.body);
}

describe("what the Server answers to a PN GW that is not authenticated", () => {
  withPlaces();

  it("is a Failure for everything that belongs into a session (GWA-03)", async () => {
    const net = await ready();
    const middle = new Middle(net);
    await net.together("kitchen", ["hall"], ["cellar"]);
    middle.leave(net);
    const names = new Set<string>();
    for (const { place, octets, name } of middle.passed) {
      if (place !== "session" || names.has(name) || name.endsWith("Response")) continue;
      names.add(name);
      assert.equal(everyMessage.decode(await net.network.server.handle(octets)).name, "Failure", name);
    }
    assert.ok(names.size >= 1);
    const replayed = only(middle.passed, "PNAuthenticationResponse").octets;
    const answer = await exchange(net, replayed);
    assert.equal(
      typeof answer === "string" ? answer : everyMessage.decode(answer).name,
      "Failure",
      "used once",
    );
  });
});
