import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { serverID } from "../../hosts/simulator/network/gatewayPlace.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Secret } from "../../src/crypto/secret.js";
import { DatabaseError } from "../../src/database/errors.js";
import { parseRecord } from "../../src/link/record.js";
import { emptyWindow, mark, windowSize } from "../../src/link/window.js";
import { relayed } from "../../src/protocols/data/messages.js";
import { Server } from "../../src/server/server.js";
import { leaving } from "../../src/server/sessions.js";
import { outcome, TestNetwork, type TestOptions } from "../support/network.js";

/** Records of the PN GW on their way to the Server. */
function recordsOf(net: TestNetwork): Uint8Array[] {
  const records: Uint8Array[] = [];
  net.onBackhaul = ({ direction, octets }) => {
    if (direction === "toServer" && octets[0] === 2) records.push(octets.slice());
  };
  return records;
}

async function enrolling(options: TestOptions = {}) {
  const net = new TestNetwork(options);
  const records = recordsOf(net);
  await net.start();
  assert.equal(outcome(await net.enrol()), "enrolled");
  return { net, records };
}

const said = (octets: Uint8Array): string => {
  if (octets[0] === 2) return "record";
  const message = everyMessage.decode(octets);
  return message.name === "Failure" ? `Failure ${message.body.result}` : message.name;
};

const counterOf = (record: Uint8Array): number => parseRecord(record)?.counter ?? 0;

describe("answers that a session keeps", () => {
  it("go with the counters that leave its window: those that have come, and no others", () => {
    const before = [1, 2, 4, 64].reduce(mark, emptyWindow);
    assert.deepEqual([...leaving(before, mark(before, 65))], [1]);
    assert.deepEqual([...leaving(before, mark(before, 68))], [1, 2, 4]);
    assert.deepEqual([...leaving(before, mark(before, 1000))], [1, 2, 4, 64]);
    assert.deepEqual([...leaving(before, mark(before, 63))], []);
  });
});

describe("a record that comes to the Server again", () => {
  it("gets the answer that it got, octet for octet, and nothing is done twice", async () => {
    const { net, records } = await enrolling();
    const events = net.log.filter((line) => line.startsWith("server"));
    const before = net.network.serverStore.dump();
    for (const record of records) {
      const answers = net.backhaul.filter((one) => one[0] === 2 && counterOf(one) === counterOf(record));
      assert.equal(answers.length, 2, "the request and its answer");
      assert.deepEqual(await net.network.server.handle(record), answers[1]);
    }
    assert.deepEqual(
      net.log.filter((line) => line.startsWith("server")),
      events,
    );
    assert.deepEqual(net.network.serverStore.dump(), before);
  });

  it("gets it from another Server on the same database, too", async () => {
    const { net, records } = await enrolling();
    const { random } = net.device.options;
    const other = new Server({
      suite: nodeSuite,
      random,
      clock: net.clock,
      store: net.network.serverStore,
      log: { event() {} },
      secrets: { unknown: new Secret(new Uint8Array(32).fill(1)) },
      serverID,
      policy: { mayJoin: () => true },
      application: () => ascii("other"),
    });
    const [record] = records as [Uint8Array];
    assert.deepEqual(await other.handle(record), await net.network.server.handle(record));
  });

  it("is told apart as done when its answer is not there any more: older than the window reaches", async () => {
    const { net, records } = await enrolling();
    const [first] = records as [Uint8Array];
    while (counterOf(records.at(-1) as Uint8Array) < counterOf(first) + windowSize) await net.enrol();
    assert.equal(said(await net.network.server.handle(first)), "Failure 12");
    assert.equal(said(await net.network.server.handle(records.at(-1) as Uint8Array)), "record");
    const kept = net.network.serverStore.dump().answers?.size ?? 0;
    assert.ok(kept <= windowSize, `${kept} answers are kept`);
  });

  it("is not known when it does not open, or its session is gone, and has no effect", async () => {
    const { net, records } = await enrolling();
    const record = records.at(-1) as Uint8Array;
    const forged = record.slice();
    (forged[forged.length - 1] as number) ^= 1;
    assert.equal(said(await net.network.server.handle(forged)), "Failure 5");
    const foreign = record.slice();
    (foreign[1] as number) ^= 1;
    assert.equal(said(await net.network.server.handle(foreign)), "Failure 5");
    assert.equal(said(await net.network.server.handle(record)), "record");
  });
});

describe("records that come to the Server in another order", () => {
  it("are all taken, each once (GWA-03)", async () => {
    const net = await new TestNetwork().enrolled();
    const held: Uint8Array[] = [];
    net.network.backhaul.tamper = (octets, direction) => {
      if (direction === "toGateway" || octets[0] !== 2) return octets;
      held.push(octets.slice());
      return [];
    };
    for (const text of ["first", "second", "third"]) {
      const octets = encodeMessage(relayed, 7, { origin: ascii(text), message: Uint8Array.of(0) });
      net.network.gateway.server.exchange(octets, () => {});
    }
    await net.clock.runFor(Milliseconds(100));
    net.network.backhaul.tamper = undefined;
    assert.equal(held.length, 3);
    for (const record of held.reverse()) {
      const answer = await net.network.server.handle(record);
      assert.equal(counterOf(answer), counterOf(record), "the answer bears the counter of its request");
    }
  });
});

describe("a procedure of the Server that fails in the middle", () => {
  it("leaves nothing behind but that its record was answered", async () => {
    let asked = 0;
    const policy = {
      mayJoin(): boolean {
        // When the PN is registered, and when its members have proven themselves.
        if (++asked === 2) throw new TypeError("a fault of ours");
        return true;
      },
    };
    const { net, records } = await enrolling({ policy });
    const pns = (): number => net.network.serverStore.rows().pns.length;
    assert.equal(outcome(await net.join()), "result.protocol");
    assert.ok(net.log.some((line) => line.startsWith("server server.fault")));
    assert.equal(pns(), 1, "the PN is pending as it was before");
    const failed = records.at(-1) as Uint8Array;
    assert.deepEqual(await net.network.server.handle(failed), await net.network.server.handle(failed));
    assert.equal(asked, 2, "and it is not tried again for the same record");
    assert.equal(outcome(await net.join()), "joined");
  });
});

describe("a database that is away", () => {
  it("is no answer of the Server's: the same record goes through afterwards", async () => {
    const { net, records } = await enrolling();
    const { serverStore, server } = net.network;
    const { transaction } = serverStore;
    const record = records.at(-1) as Uint8Array;
    serverStore.transaction = () => Promise.reject(new DatabaseError("database.away"));
    await assert.rejects(server.handle(record), { code: "database.away" });
    serverStore.transaction = transaction;
    assert.equal(said(await server.handle(record)), "record");
  });
});
