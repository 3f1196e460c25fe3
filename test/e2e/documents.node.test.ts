import assert from "node:assert/strict";
import type { NetworkOptions } from "../../hosts/simulator/network/options.js";
import { type RecordedMessage, Recorder } from "../../hosts/simulator/network/recorder.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { deriveKeys } from "../../src/crypto/keys/pairKeys.js";
import { hashPNE, type PairContext, relayedSessionKey } from "../../src/crypto/keys/relayedKeys.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { ended } from "../support/ended.js";
import { Family } from "../support/family.js";
import { keypad, outcome, TestNetwork } from "../support/network.js";

/** A network with every message that passed, opened with the keys that the simulator tells. */
class Heard extends TestNetwork {
  readonly messages: RecordedMessage[];

  constructor(options: Partial<NetworkOptions> = {}) {
    const messages: RecordedMessage[] = [];
    const recorder = new Recorder((message) => messages.push(message));
    super({ keylog: (line) => recorder.key(line), ...options });
    this.messages = messages;
    this.onFragment = (device, fragment) => recorder.fragment(device.id, fragment);
    this.onBackhaul = (message) => recorder.backhaul(message);
  }

  get names(): string[] {
    return this.messages.map(({ from, to, message }) => `${from}>${to} ${message?.name}`);
  }

  /** What passed from here on while something was done. */
  async during(action: () => Promise<unknown>): Promise<string[]> {
    const from = this.messages.length;
    await action();
    return this.names.slice(from);
  }
}

/** The wanted ones stand in this order among the others. */
function assertOrder(names: readonly string[], wanted: readonly string[]): void {
  let at = -1;
  for (const name of wanted) {
    at = names.indexOf(name, at + 1);
    assert.ok(at >= 0, `${name} is not there, or not in its place:\n${names.join("\n")}`);
  }
}

const connects = (names: readonly string[]): number =>
  names.filter((name) => name === "PN GW>Server ConnectRequest").length;

describe("a secure session of PN GW and Server", () => {
  it("comes before anything of a PNE is forwarded, and is not made again while there is one (PNR-01, GWA-02, GWA-03)", async () => {
    const net = await new Heard().start();
    const first = await net.during(() => net.enrol());
    assertOrder(first, [
      "PNE>PN GW EUKeyAssignmentRequest",
      "PN GW>Server ConnectRequest",
      "Server>PN GW ConnectResponse",
      "PN GW>Server Relayed: EUKeyAssignmentRequest",
    ]);
    assert.equal(connects(first), 1);
    assert.equal(connects(await net.during(() => net.join())), 0);
  });

  it("is made when the PN GW has something to say because of a PNE, not before (PNR-02)", async () => {
    const net = await new Heard().start();
    await net.clock.runFor(Milliseconds(60_000));
    assert.equal(connects(net.names), 0);
    await net.enrol();
    assert.equal(connects(net.names), 1);
  });

  it("is our own handshake, whatever the network below gives (PNR-03, C-28, LEU-05)", async () => {
    const net = await new Heard().start();
    await net.enrol();
    const own = net.messages.filter(({ from, to }) => from === "PN GW" && to === "Server");
    const relayed = own.filter(({ message }) => message?.name.startsWith("Relayed") === true);
    assert.ok(relayed.length >= 3);
    assert.ok(relayed.every(({ protectedBy }) => protectedBy === "PN GW session"));
    // Who lacks the pre-shared key proves nothing: no session, and nothing is forwarded.
    const other = await new Heard().start();
    await other.network.serverStore.transaction(async (tables) => {
      const name = hex(other.network.gatewayID);
      const entity = await tables.entities.get(name);
      assert.ok(entity?.committed);
      const committed = { ...entity.committed, key: new Uint8Array(32).fill(9) };
      await tables.entities.put(name, { ...entity, committed });
    });
    const heard = await other.during(() => other.enrol());
    assert.ok(!heard.some((name) => name.includes("Relayed")));
    assert.equal(outcome(await other.enrol()), "result.gatewayNotEnrolled");
  });
});

describe("the steps of a PN establishment, by the messages that pass", () => {
  it("stand in the documents' order (PNR-08, PNR-09, PNR-10, PNR-11, PNR-13, PNR-15)", async () => {
    const net = await new Heard().enrolled();
    const heard = await net.during(() => net.join());
    assertOrder(heard, [
      "PNE>PN GW EntityDiscoveryRequest",
      "PNE>PN GW PNSetupRequest",
      "PN GW>Server PNRegistrationRequest",
      "Server>PN GW PNAuthenticationRequest",
      "PN GW>PNE AuthenticationRequest",
      "PNE>PN GW ConnectRequest",
      "PN GW>PNE ConnectResponse",
      "PNE>PN GW AuthenticationResponse",
      "PN GW>Server PNAuthenticationResponse",
      "Server>PN GW PNRegistrationResponse",
      "PN GW>PNE PNSetupResponse",
    ]);
    const [data] = await net.during(() => net.run({ kind: "sendToGateway", text: "x" }));
    assert.match(data ?? "", /ApplicationData/);
    assert.equal(net.messages.at(-1)?.protectedBy, "LocalEUKey session");
  });

  it("do not assign an ID or an EUKey to a PNE that has both (PNR-05)", async () => {
    const net = await new Heard().enrolled();
    const heard = await net.during(() => net.join());
    assert.ok(!heard.some((name) => name.includes("EUKeyAssignment")));
    const discovery = net.messages.filter(({ message }) => message?.name === "EntityDiscoveryResponse");
    const assigned = discovery.map(({ message }) =>
      message?.fields.some(({ name }) => name === "assignedEntityID"),
    );
    assert.deepEqual([assigned[0], assigned.at(-1)], [true, false]);
  });

  it("do not give out an inventory, nor route, before the Server has registered the PNE (C-14, PNR-15)", async () => {
    const net = await new TestNetwork().enrolled();
    let refused: string | undefined;
    net.onTraffic = () => {
      const link = net.network.pneLink(net.device);
      if (link?.protected === true && !link.established) refused ??= "no route yet";
    };
    await net.join();
    assert.equal(refused, "no route yet", "the handshake ran before the Server's word");
    assert.equal(net.network.pneLink(net.device)?.established, true);
  });

  it("begin with the entity discovery when the PN GW starts it: an unknown PNE is not asked (GWI-00, PNI-00)", async () => {
    const net = await new Family([Family.spec("kitchen"), Family.spec("hall")]).ready();
    net.network.setRange(net.of("hall"), false);
    await net.pass(2);
    net.network.gateway.command({ kind: "createPN", who: "all" });
    await net.pass(2);
    assert.ok(net.kinds("kitchen").includes("invited"));
    assert.ok(!net.kinds("hall").includes("invited"));
  });
});

describe("the decisions on what the documents leave open", () => {
  const context: PairContext = {
    pnID: new Uint8Array(16).fill(1),
    pne: Uint8Array.of(1),
    gateway: Uint8Array.of(2),
    server: Uint8Array.of(3),
    pneInfo: Uint8Array.of(4),
    flags: 1,
    randPNE: new Uint8Array(32).fill(5),
    randServer: new Uint8Array(32).fill(6),
  };
  const proof = (change: Partial<PairContext>): string => {
    const keys = deriveKeys(nobleSuite, "EUK", new Uint8Array(32).fill(7), Uint8Array.of(1));
    const changed = { ...context, ...change };
    const sk = relayedSessionKey(nobleSuite, keys, changed);
    return hex(hashPNE(nobleSuite, keys, changed, sk)) + hex(sk.octets);
  };

  it("cover the LocalEUKey indication and PNEInfo by hash_PNE (C-03, C-05)", () => {
    assert.notEqual(proof({ flags: 0 }), proof({}));
    assert.notEqual(proof({ pneInfo: Uint8Array.of(5) }), proof({}));
    assert.equal(proof({}), proof({}));
  });

  it("keep two PNEs apart that share rand_server, by their Entity IDs (C-27)", () => {
    assert.notEqual(proof({ pne: Uint8Array.of(9) }), proof({}));
  });

  it("use one name for each message, that of the documents (C-08, C-17)", () => {
    const names = everyMessage.definitions.map(({ name }) => name.split(".")[0] ?? name);
    const canonical = [
      "EntityDiscoveryRequest EntityDiscoveryResponse EUKeyAssignmentRequest EUKeyAssignmentResponse ConnectRequest",
      "AuthenticateRequest AuthenticateResponse ConnectResponse PNSetupRequest PNSetupNotify PNSetupNotifyResponse",
      "PNSetupResponse PNRegistrationRequest PNRegistrationResponse PNEstablishmentNotify DeviceCapabilitiesQueryRequest",
      "DeviceCapabilitiesQueryResponse",
    ];
    for (const name of canonical.join(" ").split(" ")) assert.ok(names.includes(name), name);
    assert.ok(!names.some((name) => /^Key(Request|Delivery)/.test(name)), "S0's names are aliases only");
  });

  it("scope a PN ID by its PN GW: the same one of another PN GW is another PN (C-26)", async () => {
    const net = await new Heard().joined();
    const [name, pn] = net.network.serverStore.rows().pns[0] ?? [];
    assert.ok(name !== undefined && pn !== undefined);
    const id = name.split("/")[1] ?? "";
    assert.equal(id.length, 32);
    assert.equal(name, `${hex(net.network.gatewayID)}/${id}`);
    await net.network.serverStore.transaction(async (tables) => {
      await tables.pns.put(`${"00".repeat(10)}/${id}`, { ...pn, gatewayID: new Uint8Array(10), size: 0 });
    });
    assert.equal(outcome(await net.run({ kind: "sendToServer", text: "mine" })), "message");
  });

  it("seal a whole EUKey of 32 octets, which one altered octet spoils (C-24, EUK-UI-18, EUK-GW-11)", async () => {
    for (const octet of [5, 30, 60]) {
      const net = await new TestNetwork({ devices: [keypad] }).start();
      net.hand = (fragment, direction) => {
        if (direction !== "toPNE" || fragment[6] !== 10) return [fragment];
        const altered = fragment.slice();
        const at = altered.length - 1 - octet;
        altered[at] = (altered[at] ?? 0) ^ 1;
        return [altered];
      };
      assert.match(outcome(await net.enrol()), /notTrusted|cbor|message|result/, `octet ${octet}`);
      assert.equal(net.device.pne?.view.keys, "empty");
    }
    const net = await new TestNetwork().enrolled();
    const [, entity] = net.network.serverStore.rows().entities.find(([, one]) => one.role === "pne") ?? [];
    assert.equal(entity?.committed?.key.length, 32);
    assert.equal(net.device.pne?.view.keys, "enrolled");
  });
});

describe("a User", () => {
  it("is registered before any EUKey is assigned: an unknown one gets none, and then does (REG-08, REG-12)", async () => {
    const net = await new TestNetwork().start();
    const carol = { userID: "carol", password: "carol's own" };
    assert.equal(outcome(await net.enrol(carol)), "result.refused");
    assert.equal(net.device.pne?.view.keys, "empty");
    await net.network.server.registerUser(ascii(carol.userID), ascii(carol.password));
    assert.equal(outcome(await net.enrol(carol)), "enrolled");
  });
});

describe("the PN GW's own key", () => {
  it("comes by User ID and password where it has enough UI to take them (EUK-GW-05, EUK-GW-06, EUK-UI-14)", async () => {
    const net = await new TestNetwork().start();
    const enrol = async (password: string): Promise<string> => {
      let told: string | undefined;
      const credentials = { userID: ascii("alice"), password: ascii(password) };
      net.network.gateway.command({ kind: "enrol", ...credentials }, (outcome) => {
        told = ended(outcome, "enrolled");
      });
      await net.clock.runWhile(() => told === undefined, Milliseconds(60_000));
      return told ?? "nothing";
    };
    const before = net.network.gateway.keys.committed?.id;
    assert.notEqual(await enrol("not hers"), "enrolled");
    assert.deepEqual(net.network.gateway.keys.committed?.id, before, "the old key stands");
    assert.equal(await enrol(""), "credential.password.empty");
    // An Entity ID belongs to the User who enrolled it first: the operator, not alice.
    assert.equal(await enrol("wonderland"), "result.duplicateEntity");
  });
});
