import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { ascii, hex } from "../../src/base/octets.js";
import type { Outcome } from "../../src/base/outcome.js";
import { silentLog } from "../../src/base/ports.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { everyMessage, toServerPlain } from "../../src/catalogue/legs.js";
import { encodeMessage, peekMessage } from "../../src/codec/message.js";
import { failure } from "../../src/codec/replies.js";
import { Result } from "../../src/codec/results.js";
import { deriveKeys } from "../../src/crypto/keys/pairKeys.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { ServerLink } from "../../src/gateway/serverLink.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import { RecordLayer } from "../../src/link/record.js";
import { accept, type PendingHandshake, respond } from "../../src/protocols/authentication/responder.js";
import { relayed } from "../../src/protocols/data/messages.js";
import { ended, noFault, noInfo } from "../support/ended.js";
import { ManualClock } from "../support/manualClock.js";
import { MemoryStore } from "../support/memoryStore.js";
import { TestNetwork } from "../support/network.js";
import { euKey } from "../support/storedKeys.js";

/** Asks the Server something that it answers in any state: an octet of nonsense, relayed for nobody. */
async function ask(net: TestNetwork): Promise<string> {
  let outcome = "nothing";
  const origin = ascii("nobody");
  const octets = encodeMessage(relayed, 7, { origin, message: Uint8Array.of(0) });
  net.network.gateway.server.exchange(octets, (result) => {
    outcome = "error" in result ? result.error.code : everyMessage.decode(result.value).name;
  });
  await net.clock.runFor(Milliseconds(20_000));
  return outcome;
}

/** What the PN GW said in the clear, by name, since the network started. */
function watched(net: TestNetwork): { readonly said: string[]; last: Uint8Array | undefined } {
  const seen = { said: [] as string[], last: undefined as Uint8Array | undefined };
  net.network.backhaul.tamper = (octets, direction) => {
    if (direction === "toServer" && octets[0] === 0x84) {
      const { name } = everyMessage.decode(octets);
      seen.said.push(name);
      if (name === "ResumeRequest") seen.last = octets.slice();
    }
    return octets;
  };
  return seen;
}

const limits = { records: 8, lifetime: Seconds(1000) };

/** Uses up the counters of the session, so that the next request renews it. */
async function wornOut(): Promise<{ readonly net: TestNetwork; readonly seen: ReturnType<typeof watched> }> {
  const net = await new TestNetwork({ limits }).start();
  for (let i = 0; i < 4; i++) assert.equal(await ask(net), "Relayed");
  return { net, seen: watched(net) };
}

/** The Server's tables of these names are empty. */
async function forgotten(net: TestNetwork, ...names: ("gatewaySessions" | "tickets")[]): Promise<void> {
  const { serverStore } = net.network;
  for (const name of names) {
    for (const [key] of serverStore.all(name)) {
      await serverStore.transaction((tables) => tables[name].delete(key));
    }
  }
}

describe("the session of PN GW and Server (GWA-01, GWA-02, GWA-10)", () => {
  it("is resumed in one round trip when its counters near their end, over and over", async () => {
    const net = await new TestNetwork({ limits }).start();
    const { said } = watched(net);
    for (let i = 0; i < 40; i++) assert.equal(await ask(net), "Relayed", `${i}`);
    const count = (name: string): number => said.filter((one) => one === name).length;
    assert.deepEqual([count("ConnectRequest"), count("ResumeRequest")], [1, 9]);
    assert.equal(await net.network.serverStore.size("gatewaySessions"), 1);
    assert.equal(await net.network.serverStore.size("tickets"), 1);
  });

  it("is authenticated anew, not resumed, when its time nears its end (GWA-01, GWA-02)", async () => {
    const net = await new TestNetwork({ limits: { records: 1000, lifetime: Seconds(1000) } }).start();
    const { said } = watched(net);
    assert.equal(await ask(net), "Relayed");
    await net.clock.runFor(Milliseconds(870_000 - 20_000 - 1000));
    assert.equal(await ask(net), "Relayed");
    assert.equal(said.length, 2, "ConnectRequest and AuthenticateResponse");
    await net.clock.runFor(Milliseconds(6_000));
    assert.equal(await ask(net), "Relayed");
    assert.deepEqual(said.slice(2), ["ConnectRequest", "AuthenticateResponse"]);
  });

  it("leaves nothing behind at the Server when its time is over (GWA-01)", async () => {
    const net = await new TestNetwork({ limits }).start();
    for (let i = 0; i < 5; i++) {
      assert.equal(await ask(net), "Relayed");
      await net.clock.runFor(Milliseconds(1_000_000));
    }
    assert.equal(await ask(net), "Relayed");
    await net.network.serverStore.sweep();
    assert.equal(await net.network.serverStore.size("tickets"), 1);
  });

  it("is not resumed once its time is over (GWA-01)", async () => {
    const { net, seen } = await wornOut();
    await net.clock.runFor(Milliseconds(1_000_000));
    assert.equal(await ask(net), "Relayed");
    assert.deepEqual(seen.said, ["ConnectRequest", "AuthenticateResponse"]);
  });

  it("comes back by full authentication when the Server has forgotten it, and the request goes through", async () => {
    const { net, seen } = await wornOut();
    await forgotten(net, "gatewaySessions", "tickets");
    assert.equal(await ask(net), "Relayed");
    assert.deepEqual(seen.said, ["ResumeRequest", "ConnectRequest", "AuthenticateResponse"]);
  });

  it("comes back unseen in the middle of its life when the Server has forgotten it", async () => {
    const net = await new TestNetwork().start();
    assert.equal(await ask(net), "Relayed");
    await forgotten(net, "gatewaySessions");
    assert.equal(await ask(net), "Relayed");
  });

  it("survives a record that was altered on the way: authenticated anew, and the request goes through", async () => {
    const net = await new TestNetwork().start();
    assert.equal(await ask(net), "Relayed");
    let once = true;
    net.network.backhaul.tamper = (octets, direction) => {
      if (direction !== "toServer" || octets[0] !== 2 || !once) return octets;
      once = false;
      const copy = octets.slice();
      copy[copy.length - 1] = (copy[copy.length - 1] as number) ^ 1;
      return copy;
    };
    assert.equal(await ask(net), "Relayed");
  });

  it("is authenticated in full after the answer to a resumption was lost, or lied about", async () => {
    for (const change of ["lost", "altered"]) {
      const { net, seen } = await wornOut();
      const watch = net.network.backhaul.tamper;
      net.network.backhaul.tamper = (octets, direction) => {
        if (direction === "toServer" || peekMessage(octets)?.type !== 51) return watch?.(octets, direction);
        const copy = octets.slice();
        copy[copy.length - 1] = (copy[copy.length - 1] as number) ^ 1;
        return change === "lost" ? [] : copy;
      };
      await ask(net);
      net.network.backhaul.tamper = watch;
      assert.equal(await ask(net), "Relayed", change);
      assert.deepEqual(seen.said, ["ResumeRequest", "ConnectRequest", "AuthenticateResponse"], change);
    }
  });
});

describe("who attacks the resumption of PN GW and Server", () => {
  const answer = async (net: TestNetwork, request: Uint8Array): Promise<string> => {
    const message = everyMessage.decode(await net.network.server.handle(request));
    return message.name === "Failure" ? `Failure ${message.body.result}` : message.name;
  };

  it("replays a request: refused, and the session goes on", async () => {
    const { net, seen } = await wornOut();
    assert.equal(await ask(net), "Relayed");
    assert.ok(seen.last);
    assert.equal(await answer(net, seen.last), `Failure ${Result.sessionExpired}`);
    assert.equal(await ask(net), "Relayed");
    assert.deepEqual(seen.said, ["ResumeRequest"]);
  });

  /** The request as it left the PN GW, which the Server has not got. */
  async function held(): Promise<{ readonly net: TestNetwork; readonly request: Uint8Array }> {
    const { net, seen } = await wornOut();
    const watch = net.network.backhaul.tamper;
    net.network.backhaul.tamper = (octets, direction) =>
      watch?.(octets, direction) === octets && peekMessage(octets)?.type === 50 ? [] : octets;
    await ask(net);
    net.network.backhaul.tamper = undefined;
    assert.ok(seen.last);
    return { net, request: seen.last };
  }

  it("delivers a held request after the EUKey was replaced: refused", async () => {
    const { net, request } = await held();
    const name = hex(net.network.gatewayID);
    await net.network.serverStore.transaction(async (tables) => {
      const entity = await tables.entities.get(name);
      assert.ok(entity?.committed);
      const committed = { ...entity.committed, id: new Uint8Array(8).fill(1) };
      await tables.entities.put(name, { ...entity, committed });
    });
    assert.equal(await answer(net, request), `Failure ${Result.sessionExpired}`);
  });

  it("delivers a held request after the PN GW has authenticated anew: refused", async () => {
    const { net, request } = await held();
    net.network.gateway.server.forget();
    assert.equal(await ask(net), "Relayed");
    assert.equal(await answer(net, request), `Failure ${Result.sessionExpired}`);
    assert.equal(await ask(net), "Relayed");
  });

  it("delivers a held request after the time of the session: refused (GWA-01)", async () => {
    const { net, request } = await held();
    await net.clock.runFor(Milliseconds(1_000_000));
    assert.equal(await answer(net, request), `Failure ${Result.sessionExpired}`);
  });

  it("guesses with the id of another's ticket: refused, and the owner's still works", async () => {
    const { net, request } = await held();
    const forged = request.slice();
    forged[forged.length - 1] = (forged[forged.length - 1] as number) ^ 1;
    for (let i = 0; i < 20; i++) assert.equal(await answer(net, forged), `Failure ${Result.sessionExpired}`);
    assert.equal(await answer(net, request), "ResumeResponse");
  });
});

describe("the PN GW's check of the Server's answers", () => {
  /** A Server of a few lines, which answers what the test wants. */
  function link(reply: (plaintext: Uint8Array) => Uint8Array): ServerLink {
    const clock = new ManualClock();
    const store = new KeyStore(new MemoryStore(), nobleSuite);
    const key = euKey(9);
    store.stage(key);
    store.commit(key.id);
    const gatewayID = ascii("gw");
    const random = { fill: (into: Uint8Array) => into.fill(3) };
    let pending: PendingHandshake | undefined;
    let layer: RecordLayer | undefined;
    const answer = (request: Uint8Array): Uint8Array => {
      if (layer !== undefined) return layer.seal(reply(layer.open(request)));
      const message = toServerPlain.decode(request);
      if (message.name === "ConnectRequest") {
        pending = respond(message, new Uint8Array(32).fill(7));
        return pending.authenticateRequest;
      }
      assert.ok(message.name === "AuthenticateResponse" && pending !== undefined);
      const keys = deriveKeys(nobleSuite, "EUK", key.key, gatewayID);
      const accepted = accept(nobleSuite, keys, pending, message);
      const { sk, sid } = accepted;
      layer = new RecordLayer({ suite: nobleSuite, clock, sk, sid, role: "responder" });
      return accepted.connectResponse;
    };
    return new ServerLink({
      suite: nodeSuite,
      random,
      clock,
      log: silentLog,
      store,
      gatewayID,
      takeFreshID: () => false,
      serverID: ascii("s"),
      request: (octets, done) => done({ value: answer(octets) }),
      application: (_origin, _pnID, data) => data,
      changed: () => {},
      fault: noFault,
      info: noInfo,
    });
  }

  const request = encodeMessage(relayed, 7, { origin: ascii("p"), message: Uint8Array.of(1) });
  const refused = (exchange: number): Uint8Array => encodeMessage(failure, exchange, { result: 1 });

  it("takes the answer that repeats the exchange of the request", () => {
    const results: Outcome<Uint8Array>[] = [];
    link(() => refused(7)).exchange(request, (result) => void results.push(result));
    assert.deepEqual(results, [{ value: refused(7) }]);
  });

  it("does not take an answer to another exchange for its own", () => {
    const results: Outcome<Uint8Array>[] = [];
    link(() => refused(8)).exchange(request, (result) => void results.push(result));
    assert.deepEqual(
      results.map((one) => ended(one)),
      ["result.serverUnreachable"],
    );
  });
});
