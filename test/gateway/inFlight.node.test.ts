import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { ascii } from "../../src/base/octets.js";
import type { Done } from "../../src/base/outcome.js";
import { silentLog } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import { toServerPlain } from "../../src/catalogue/legs.js";
import { encodeMessage, peekMessage } from "../../src/codec/message.js";
import { failure } from "../../src/codec/replies.js";
import { Result } from "../../src/codec/results.js";
import { deriveKeys } from "../../src/crypto/keys/pairKeys.js";
import { recordKeys } from "../../src/crypto/keys/recordKeys.js";
import { Secret } from "../../src/crypto/secret.js";
import { ServerLink } from "../../src/gateway/serverLink.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import { openParsed, parseRecord, sealRecord } from "../../src/link/record.js";
import { accept, type PendingHandshake, respond } from "../../src/protocols/authentication/responder.js";
import { relayed } from "../../src/protocols/data/messages.js";
import { ended, noFault, noInfo } from "../support/ended.js";
import { ManualClock } from "../support/manualClock.js";
import { MemoryStore } from "../support/memoryStore.js";
import { TestNetwork } from "../support/network.js";
import { euKey } from "../support/storedKeys.js";

const maximumInFlight = 32;

interface Flying {
  readonly record: Uint8Array;
  readonly done: Done<Uint8Array>;
}

const unreachable = {
  error: Object.assign(new Error("away"), { code: "result.serverUnreachable" }),
} as never;

/** A PN GW's way to a Server of a few lines, whose answers the test gives when it wants. */
class Rig {
  readonly clock = new ManualClock();
  readonly flying: Flying[] = [];
  readonly link: ServerLink;
  readonly told: string[] = [];
  handshakes = 0;
  #pending: PendingHandshake | undefined;
  #sk: Uint8Array | undefined;
  #sid: Uint8Array | undefined;

  constructor() {
    const store = new KeyStore(new MemoryStore(), nodeSuite);
    const key = euKey(9);
    store.stage(key);
    store.commit(key.id);
    const gatewayID = ascii("gw");
    this.link = new ServerLink({
      suite: nodeSuite,
      random: { fill: (into: Uint8Array) => into.fill(3) },
      clock: this.clock,
      log: silentLog,
      store,
      gatewayID,
      takeFreshID: () => false,
      serverID: ascii("s"),
      request: (record, done) => {
        if (record[0] === 0x02) this.flying.push({ record, done });
        else done({ value: this.#handshake(record, key.key, gatewayID) });
      },
      application: (_origin, _pnID, data) => data,
      changed: () => {},
      fault: noFault,
      info: noInfo,
    });
  }

  #handshake(request: Uint8Array, key: Uint8Array, gatewayID: Uint8Array): Uint8Array {
    const message = toServerPlain.decode(request);
    if (message.name === "ConnectRequest") {
      this.#pending = respond(message, new Uint8Array(32).fill(7));
      return this.#pending.authenticateRequest;
    }
    assert.ok(message.name === "AuthenticateResponse" && this.#pending !== undefined);
    const keys = deriveKeys(nodeSuite, "EUK", key, gatewayID);
    const { sk, sid, connectResponse } = accept(nodeSuite, keys, this.#pending, message);
    this.handshakes++;
    this.#sk = sk.octets.slice();
    this.#sid = sid;
    return connectResponse;
  }

  /** Asks number `n`; what comes of it is told as `n` or as its error. */
  ask(n: number, errand?: { readonly link?: object; readonly begun?: boolean }): void {
    const octets = encodeMessage(relayed, n, { origin: ascii("p"), message: Uint8Array.of(1) });
    this.link.exchange(octets, (outcome) => this.told.push(`${n} ${ended(outcome)}`), errand);
  }

  /** What the record asks, by its exchange. */
  asked({ record }: Flying): number {
    const parsed = parseRecord(record) ?? assert.fail("no record");
    const keys = recordKeys(nodeSuite, new Secret(this.#sk?.slice() ?? new Uint8Array(32)));
    return peekMessage(openParsed(nodeSuite, keys.initiatorToResponder, parsed))?.exchange ?? -1;
  }

  /** The answer to one record; `counter` and `exchange` are the record's own unless told. */
  answer(flying: Flying, { counter, exchange }: { counter?: number; exchange?: number } = {}): void {
    const own = parseRecord(flying.record)?.counter ?? 0;
    const keys = recordKeys(nodeSuite, new Secret(this.#sk?.slice() ?? new Uint8Array(32)));
    const octets = encodeMessage(failure, exchange ?? this.asked(flying), { result: 1 });
    const { responderToInitiator } = keys;
    flying.done({ value: sealRecord(nodeSuite, responderToInitiator, counter ?? own, octets, this.#sid) });
  }

  /** Takes what is under way. */
  take(): Flying[] {
    return this.flying.splice(0);
  }
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("many requests of a PN GW at once", () => {
  it("are under way together, up to a bound, and their answers come in any order", () => {
    const rig = new Rig();
    for (const n of numbers(maximumInFlight + 3)) rig.ask(n);
    const first = rig.take();
    assert.equal(first.length, maximumInFlight);
    for (const one of first.reverse()) rig.answer(one);
    const second = rig.take();
    assert.equal(second.length, 3);
    for (const one of second) rig.answer(one);
    assert.equal(rig.told.length, maximumInFlight + 3);
    assert.ok(
      rig.told.every((line) => line.endsWith("done")),
      rig.told.join(),
    );
    assert.equal(rig.told[0], `${maximumInFlight - 1} done`);
    assert.equal(rig.handshakes, 1);
  });

  it("take no answer to another request for their own", () => {
    const rig = new Rig();
    rig.ask(1);
    rig.ask(2);
    const [one, two] = rig.take() as [Flying, Flying];
    rig.answer(one, { counter: 2, exchange: 1 });
    assert.deepEqual(rig.told, ["1 result.serverUnreachable"]);
    rig.answer(two);
    assert.deepEqual(rig.told, ["1 result.serverUnreachable", "2 done"]);
  });

  it("wait for one that is late, so that it does not fall out of the Server's window", () => {
    const rig = new Rig();
    for (const n of numbers(100)) rig.ask(n);
    const late = rig.take();
    const [slow] = late.splice(0, 1) as [Flying];
    for (let batch = late; batch.length > 0; batch = rig.take()) for (const one of batch) rig.answer(one);
    assert.equal(rig.told.length, 63);
    rig.answer(slow);
    for (let batch = rig.take(); batch.length > 0; batch = rig.take())
      for (const one of batch) rig.answer(one);
    assert.equal(rig.told.length, 100);
  });

  it("go before new ones when they go on with what has begun", () => {
    const rig = new Rig();
    for (const n of numbers(maximumInFlight)) rig.ask(n);
    rig.ask(100);
    rig.ask(200, { begun: true });
    for (const one of rig.take()) rig.answer(one);
    assert.deepEqual(
      rig.take().map((one) => rig.asked(one)),
      [200, 100],
    );
  });

  it("are not asked any more when their link has closed, and say so once", () => {
    const rig = new Rig();
    const link = {};
    for (const n of numbers(maximumInFlight)) rig.ask(n);
    rig.ask(100, { link });
    rig.ask(101, { link, begun: true });
    rig.link.drop(link);
    rig.link.drop(link);
    assert.deepEqual(rig.told, ["101 linkLost", "100 linkLost"]);
    for (const one of rig.take()) rig.answer(one);
    assert.equal(rig.take().length, 0);
  });

  it("are refused as busy above a bound, once each", () => {
    const rig = new Rig();
    for (const n of numbers(maximumInFlight + 300)) rig.ask(n);
    const busy = rig.told.filter((line) => line.endsWith("result.busy")).length;
    assert.equal(busy, 300 - 256);
    for (let batch = rig.take(); batch.length > 0; batch = rig.take())
      for (const one of batch) rig.answer(one);
    assert.equal(new Set(rig.told.map((line) => line.split(" ")[0])).size, maximumInFlight + 300);
    assert.equal(rig.told.length, maximumInFlight + 300);
  });

  it("are sent again once as the same record when no answer comes, then everybody who waits is told", () => {
    const rig = new Rig();
    for (const n of numbers(maximumInFlight + 1)) rig.ask(n);
    const [first] = rig.take() as [Flying];
    first.done(unreachable);
    const [again] = rig.take() as [Flying];
    assert.deepEqual(again.record, first.record);
    again.done(unreachable);
    assert.deepEqual(rig.told, ["0 result.serverUnreachable", `${maximumInFlight} result.serverUnreachable`]);
  });

  it("go once more in a new session when the Server does not know theirs, and not a third time", () => {
    const rig = new Rig();
    rig.ask(1);
    const unknown = { value: encodeMessage(failure, 0, { result: Result.sessionExpired }) };
    (rig.take() as [Flying])[0].done(unknown);
    const [again] = rig.take() as [Flying];
    assert.equal(rig.asked(again), 1);
    assert.equal(rig.handshakes, 2);
    again.done(unknown);
    assert.deepEqual(rig.told, ["1 result.serverUnreachable"]);
  });

  it("are not sent again when they were acted upon and the answer is lost for good", () => {
    const rig = new Rig();
    rig.ask(1);
    (rig.take() as [Flying])[0].done({ value: encodeMessage(failure, 0, { result: Result.alreadyDone }) });
    assert.deepEqual(rig.told, ["1 result.serverUnreachable"]);
    assert.equal(rig.take().length, 0);
    assert.ok(rig.link.authenticated, "the session goes on");
  });
});

describe("an answer that is lost on its way to the PN GW", () => {
  it("comes again, and the Server has acted once (PNI-04b, PNI-12c)", async () => {
    const net = await new TestNetwork().enrolled();
    let sent = 0;
    const lost = new Set<number>();
    net.network.backhaul.tamper = (octets, direction) => {
      if (direction === "toServer") sent++;
      const counter = parseRecord(octets)?.counter;
      if (direction === "toServer" || counter === undefined || lost.has(counter)) return octets;
      lost.add(counter);
      return [];
    };
    assert.equal((await net.join())?.kind, "joined");
    assert.equal(lost.size, 2);
    assert.equal(sent, 4, "registration, authentication, and both again");
    const registered = net.log.filter((line) => line.startsWith("server pn.registered"));
    assert.equal(registered.length, 1);
    await net.clock.runFor(Milliseconds(1_000));
  });
});
