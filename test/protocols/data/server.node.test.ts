import assert from "node:assert/strict";
import { CpnsError } from "../../../src/base/errors.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { PushKind } from "../../../src/codec/pushKinds.js";
import { failure } from "../../../src/codec/replies.js";
import { Result, resultName } from "../../../src/codec/results.js";
import { memberName, pnName } from "../../../src/database/networks.js";
import type { Said } from "../../../src/procedure/serverPorts.js";
import { applicationData } from "../../../src/protocols/data/messages.js";
import { dataFor } from "../../../src/protocols/data/push.js";
import { RelayServer } from "../../../src/protocols/data/server.js";
import type { ServerSession } from "../../../src/protocols/network/setupOptions.js";
import { encodeContents } from "../../../src/protocols/topics/contents.js";
import { encodeTopicMessage, type Value } from "../../../src/protocols/topics/message.js";
import { gatewayID, pnID, ServerPN } from "../../support/serverPN.js";
import { left, usedSecrets } from "../../support/usedSecrets.js";

const replies = messageSet(applicationData, failure);
const contents = encodeContents([
  { name: "temperature", kind: "number", direction: "offers", unit: "°C" },
  { name: "light", kind: "switch", direction: "understands" },
]);
const text = (octets: Uint8Array): string => String.fromCharCode(...octets);

class Bench extends ServerPN {
  readonly server = new RelayServer(this.ports);
  readonly received: string[] = [];
  readonly said: Said[] = [];
  readonly asked: string[] = [];
  session!: ServerSession;

  async ready(): Promise<this> {
    await this.start();
    this.session = await this.join("kitchen", { contents });
    this.ports.application = (origin, pn, data) => {
      this.asked.push(`${text(origin)} ${pn[0]} ${text(data)}`);
      return ascii(`heard ${text(data)}`);
    };
    this.ports.received = (origin, pn, data) =>
      void this.received.push(`${text(origin)} ${pn[0]} ${isText(data) ? text(data) : "topic"}`);
    this.ports.said = async (_, said) => void this.said.push(said);
    return this;
  }

  /** What is answered to this record, opened; or the name of a Result. */
  async send(payload: Uint8Array, origin = this.origin("kitchen"), session = this.session) {
    const message = encodeMessage(applicationData, 9, { pnID, payload });
    const octets = await this.work((tables) =>
      this.server.data(tables, origin, messageSet(applicationData).decode(message)),
    );
    const { name, body, exchange } = replies.decode(octets);
    assert.equal(exchange, 9);
    if (name === "Failure") return resultName(body.result);
    assert.deepEqual(body.pnID, pnID);
    return session.layer.open(body.payload);
  }

  async say(data: string): Promise<string> {
    const answer = await this.send(this.session.layer.seal(ascii(data)));
    return typeof answer === "string" ? answer : text(answer);
  }

  /** The answer to a message of a topic: a Result, by name, or "taken". */
  async topic(number: number, topic: string, value: Value): Promise<string> {
    const answer = await this.send(this.session.layer.seal(encodeTopicMessage({ number, topic, value })));
    if (typeof answer === "string") return answer;
    return answer.length === 0 ? "taken" : resultName(answer[0] ?? 0);
  }
}

const isText = (data: Uint8Array): boolean => data.every((octet) => octet < 0x80);

let bench: Bench;
async function begin(): Promise<void> {
  bench = await new Bench().ready();
}

describe("data of a PNE for the Server, end to end", () => {
  beforeEach(begin);

  it("is answered under the same session, and told once it is durable", async () => {
    assert.equal(await bench.say("hello"), "heard hello");
    assert.equal(await bench.say("again"), "heard again");
    assert.deepEqual(bench.asked, ["kitchen 112 hello", "kitchen 112 again"]);
    assert.deepEqual(bench.received, bench.asked);
    assert.deepEqual(bench.said, []);
    const { session, heard } = bench.member("kitchen");
    assert.deepEqual([session?.received, session?.next, heard], [2, 3, undefined]);
  });

  it("is answered by nothing where the application has no answer", async () => {
    bench.ports.application = () => undefined;
    assert.equal(await bench.say("hello"), "");
  });

  it("is taken once, in order, and as it was sealed", async () => {
    const [first, second, third] = ["1", "2", "3"].map((one) => bench.session.layer.seal(ascii(one)));
    assert.ok(first && second && third);
    const altered = second.slice();
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    assert.equal(await bench.send(altered), "refused");
    assert.deepEqual(await bench.send(second), ascii("heard 2"));
    assert.equal(await bench.send(second), "refused", "a second time");
    assert.equal(await bench.send(first), "refused", "an earlier one");
    assert.deepEqual(await bench.send(third), ascii("heard 3"));
    assert.equal(await bench.send(ascii("no record")), "refused");
    assert.deepEqual(bench.received, ["kitchen 112 2", "kitchen 112 3"]);
  });

  it("is nothing of another's session, nor of one whose time or key is over", async () => {
    const other = await bench.join("hall");
    assert.equal(await bench.send(other.layer.seal(ascii("x"))), "refused");
    assert.equal(await bench.send(ascii("x"), bench.origin("cellar")), "sessionExpired");
    const elsewhere = { ...bench.origin("kitchen"), gatewayID: ascii("gateway-02") };
    assert.equal(await bench.send(bench.session.layer.seal(ascii("x")), elsewhere), "sessionExpired");
    const [last, late] = ["last", "late"].map((one) => bench.session.layer.seal(ascii(one)));
    bench.now += 3_600_000 - 1;
    assert.deepEqual(await bench.send(last as Uint8Array), ascii("heard last"));
    bench.now += 1;
    assert.equal(await bench.send(late as Uint8Array), "sessionExpired");
  });

  it("is refused where an application of ours says so, and a fault of ours is no answer", async () => {
    bench.ports.application = () => {
      throw new CpnsError("topic.kind");
    };
    assert.equal(await bench.say("hello"), "refused");
    bench.ports.application = () => {
      throw new TypeError("a fault");
    };
    await assert.rejects(bench.say("hello"), TypeError);
    assert.equal(bench.member("kitchen").session?.received, 0);
    assert.deepEqual(bench.received, []);
  });

  it("ends with the counters of the session, as with its time (GWA-01)", async () => {
    bench.ports.limits = { records: 2, lifetime: Seconds(60) };
    assert.equal(await bench.say("1"), "heard 1");
    assert.equal(await bench.say("2"), "heard 2");
    assert.equal(await bench.say("3"), "sessionExpired");
    const { session } = bench.member("kitchen");
    assert.ok(session);
    const left = async (received: number, next: number): Promise<string> => {
      await bench.change("kitchen", { session: { ...session, received, next } });
      return bench.say("x");
    };
    assert.equal(await left(2, 1), "sessionExpired", "it has received all");
    assert.equal(await left(1, 3), "sessionExpired", "it has sent all");
    assert.equal(await left(1, 2), "refused", "the number of this record is greater than any may be");
  });

  it("leaves nothing of what a member was offered once that is over", async () => {
    const { pneInfo, flags, rand } = bench.member("kitchen");
    const endsAt = Milliseconds(bench.now + 5);
    const returning = { pneInfo, flags, rand, randServer: rand, endsAt };
    await bench.change("kitchen", { returning });
    await bench.say("1");
    assert.ok(bench.member("kitchen").returning);
    bench.now += 5;
    await bench.say("2");
    assert.equal(bench.member("kitchen").returning, undefined);
  });

  it("leaves no key behind at the Server, well or not", async () => {
    const record = bench.session.layer.seal(ascii("hello"));
    const lasting = await usedSecrets(() => bench.join("hall"));
    const known = await usedSecrets(() => bench.session.layer.seal(ascii("x")));
    for (const name of ["answered", "replayed"]) {
      const message = encodeMessage(applicationData, 9, { pnID, payload: record });
      const used = await usedSecrets(
        () =>
          bench.work((tables) =>
            bench.server.data(tables, bench.origin("kitchen"), messageSet(applicationData).decode(message)),
          ),
        [...lasting, ...known],
      );
      assert.ok(used.size > 0);
      assert.equal(left(used), 0, name);
    }
  });
});

describe("a message of a topic for the Server (C-30)", () => {
  beforeEach(begin);

  it("is taken once by its number, answered by nothing both times, and told with what it is", async () => {
    assert.equal(await bench.topic(1, "temperature", 21.5), "taken");
    assert.equal(await bench.topic(1, "temperature", 21.5), "taken");
    assert.equal(await bench.topic(3, "temperature", 22), "taken");
    assert.equal(await bench.topic(2, "temperature", 23), "taken");
    const topic = { name: "temperature", kind: "number", direction: "offers", unit: "°C" };
    const from = { entityID: ascii("kitchen"), owner: bench.identity("alice") };
    assert.deepEqual(
      bench.said,
      [21.5, 22].map((value) => ({ ...from, topic, value })),
    );
    assert.deepEqual(bench.received, ["kitchen 112 topic", "kitchen 112 topic"]);
    assert.equal(bench.member("kitchen").heard, 3);
    assert.deepEqual(bench.asked, [], "the application for plain data is asked nothing");
  });

  it("is taken each time from who does not count, and does not count for who does", async () => {
    assert.equal(await bench.topic(4, "temperature", 1), "taken");
    assert.equal(await bench.topic(0, "temperature", 2), "taken");
    assert.equal(await bench.topic(0, "temperature", 2), "taken");
    assert.equal(await bench.topic(4, "temperature", 3), "taken");
    assert.deepEqual(
      bench.said.map(({ value }) => value),
      [1, 2, 2],
    );
    assert.equal(bench.received.length, 3);
    assert.equal(bench.member("kitchen").heard, 4);
  });

  it("that the PNE does not offer, or not so, is told by its Result end to end, and taken by nobody", async () => {
    assert.equal(await bench.topic(1, "light", true), "notListed", "it understands that, and offers it not");
    assert.equal(await bench.topic(1, "temperature", "warm"), "notListed");
    assert.equal(await bench.topic(1, "humidity", 1), "notListed");
    const malformed = await bench.send(bench.session.layer.seal(Uint8Array.of(0x83, 1)));
    assert.deepEqual(malformed, Uint8Array.of(Result.protocol));
    assert.deepEqual([bench.said, bench.received], [[], []]);
    assert.equal(bench.member("kitchen").heard, undefined);
    assert.equal(bench.member("kitchen").session?.received, 4, "the records are used up");
  });

  it("is as well one where nobody asks to hear", async () => {
    delete (bench.ports as { said?: unknown }).said;
    delete (bench.ports as { received?: unknown }).received;
    assert.equal(await bench.topic(1, "temperature", 1), "taken");
  });
});

describe("data of the Server for a PNE", () => {
  beforeEach(begin);

  const push = (name = "kitchen") =>
    bench.work((tables) => dataFor(bench.ports, tables, ascii(name), ascii("news")));

  it("is a record of the session in the PN that it is in, with a number of its own", async () => {
    const [one, two] = [await push(), await push()];
    const { message, ...rest } = one ?? {};
    assert.deepEqual(rest, { gatewayID, kind: PushKind.message, entityID: ascii("kitchen"), pnID });
    assert.deepEqual(bench.session.layer.open(two?.message as Uint8Array), ascii("news"));
    assert.deepEqual(bench.session.layer.open(message as Uint8Array), ascii("news"), "in whatever order");
    assert.equal(bench.member("kitchen").session?.next, 3);
  });

  it("is none for who is in no PN, or whose session is over by its time, its counters or its key", async () => {
    assert.equal(await push("hall"), undefined);
    const { session } = bench.member("kitchen");
    assert.ok(session);
    bench.ports.limits = { records: 5, lifetime: Seconds(60) };
    await bench.change("kitchen", { session: { ...session, next: 5 } });
    assert.ok(await push(), "the last number");
    assert.equal(await push(), undefined);
    await bench.change("kitchen", { session: { ...session, keyID: new Uint8Array(8) } });
    assert.equal(await push(), undefined);
    await bench.change("kitchen", { session: { ...session, endsAt: Milliseconds(bench.now) } });
    assert.equal(await push(), undefined);
    const { session: none, ...row } = bench.member("kitchen");
    await bench.work(({ members }) => members.put(memberName(gatewayID, pnID, ascii("kitchen")), row));
    assert.ok(none);
    assert.equal(await push(), undefined, "it is not in yet");
  });

  it("goes where its newest session is, of several places, and past those that are over", async () => {
    const there = new Uint8Array(16).fill(0x33);
    const row = bench.member("kitchen");
    const { session } = row;
    assert.ok(session);
    const put = async (endsAt: number, next = 1): Promise<void> => {
      const member = {
        ...row,
        ...{ pnID: there, session: { ...session, next, endsAt: Milliseconds(endsAt) } },
      };
      await bench.work(({ members }) => members.put(memberName(gatewayID, there, ascii("kitchen")), member));
      await bench.work(({ pns }) => pns.put(pnName(gatewayID, there), { ...bench.pn, pnID: there }));
    };
    const where = async () => hex((await push())?.pnID ?? new Uint8Array(0));
    await put(session.endsAt + 1);
    assert.equal(await where(), hex(there));
    await put(session.endsAt - 1);
    assert.equal(await where(), hex(pnID));
    await put(session.endsAt + 1, 0x100001);
    assert.equal(await where(), hex(pnID));
  });

  it("leaves no key behind", async () => {
    const lasting = await usedSecrets(() => bench.join("hall"));
    const used = await usedSecrets(() => push(), lasting);
    assert.ok(used.size > 0);
    assert.equal(left(used), 0);
  });
});
