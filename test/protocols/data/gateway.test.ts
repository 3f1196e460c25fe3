import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { type AnyDefinition, messageSet } from "../../../src/codec/message.js";
import { acknowledgement, failure } from "../../../src/codec/replies.js";
import { Result, resultName } from "../../../src/codec/results.js";
import type { GatewayPorts } from "../../../src/procedure/gatewayPorts.js";
import { deliveryTime, expectMember, route } from "../../../src/protocols/data/gateway.js";
import {
  applicationData,
  applicationDataNotify,
  applicationDataReceived,
} from "../../../src/protocols/data/messages.js";
import type { MemberLink } from "../../../src/protocols/network/member.js";
import type { EstablishedPN } from "../../../src/protocols/network/settlement.js";
import { encodeContents } from "../../../src/protocols/topics/contents.js";
import { encodeTopicMessage } from "../../../src/protocols/topics/message.js";
import { MemberTopics } from "../../../src/protocols/topics/offered.js";
import { codeOf } from "../../support/codeOf.js";
import { ManualClock } from "../../support/manualClock.js";

const pnID = new Uint8Array(16).fill(3);
const gatewayID = ascii("gateway-01");
const replies = messageSet(acknowledgement, failure, applicationData, applicationDataNotify);
const contents = encodeContents([{ name: "count", kind: "number", direction: "offers" }]);

type Said = Parameters<Parameters<MemberLink["expect"]>[2]>[0];

/** A link that keeps what it is told. */
class Link {
  readonly entityID: Uint8Array | undefined;
  readonly pushed: Uint8Array[] = [];
  readonly topics = new MemberTopics(contents);
  secured = true;
  waiting: ((said: Said) => void) | undefined;
  patience: number | undefined;

  constructor(name: string | undefined) {
    this.entityID = name === undefined ? undefined : ascii(name);
  }

  get link(): MemberLink {
    return this as unknown as MemberLink;
  }

  push(make: (exchange: number) => Uint8Array): void {
    this.pushed.push(make(30));
  }

  expects(definition: AnyDefinition): boolean {
    assert.equal(definition, applicationDataReceived);
    return this.waiting !== undefined;
  }

  expect(definition: AnyDefinition, patience: number, done: (said: Said) => void): void {
    assert.equal(definition, applicationDataReceived);
    this.patience = patience;
    this.waiting = done;
  }

  /** The PNE says that it has it; what it is answered. */
  has(body: { origin: Uint8Array; pnID: Uint8Array; result?: number }): string {
    const answers: string[] = [];
    const message = { name: "ApplicationDataReceived", exchange: 31, body };
    const answer = (octets: Uint8Array): void => {
      const { name, exchange } = replies.decode(octets);
      answers.push(`${name} ${exchange}`);
    };
    this.waiting?.({ value: { message, answer } } as unknown as Said);
    return answers.join();
  }
}

class Bench {
  readonly kitchen = new Link("kitchen");
  readonly hall = new Link("hall");
  readonly logged: string[] = [];
  readonly heard: string[] = [];
  readonly answers: string[] = [];
  readonly clock = new ManualClock();
  readonly ports = {
    gatewayID,
    clock: this.clock,
    log: {
      event: (name: string, fields: Record<string, unknown>) =>
        void this.logged.push(`${name} ${Object.entries(fields).flat().join(" ")}`),
    },
    application: (origin: Uint8Array, pn: Uint8Array, data: Uint8Array) =>
      ascii(`${hex(origin)} ${pn[0]} ${String.fromCharCode(...data)}`),
    topic: (pn: Uint8Array, member: { entityID: Uint8Array }, message: { topic: string; value: unknown }) =>
      void this.heard.push(`${pn[0]} ${hex(member.entityID)} ${message.topic} ${message.value}`),
  } as unknown as GatewayPorts;

  get pn(): EstablishedPN {
    const members = [this.kitchen, this.hall].map((one) => ({
      entityID: one.entityID,
      link: one.link,
      topics: one.topics,
    }));
    return { pnID, members } as unknown as EstablishedPN;
  }

  send(target: Uint8Array, payload = ascii("hello"), from = this.kitchen): string | undefined {
    return codeOf(() =>
      route(this.ports, from.link, this.pn, { exchange: 8, body: { pnID, target, payload } }, (octets) => {
        const { name, exchange, body } = replies.decode(octets);
        const what = name === "Failure" ? resultName(body.result) : name;
        const data =
          name === "ApplicationData"
            ? `${hex(body.origin ?? pnID)} ${String.fromCharCode(...body.payload)}`
            : "";
        this.answers.push(`${what} ${exchange} ${data}`.trim());
      }),
    );
  }
}

let bench: Bench;
function begin(): void {
  bench = new Bench();
}

describe("data of a member at the PN GW (PNI-04a)", () => {
  beforeEach(begin);

  const [hall, kitchen] = [ascii("hall"), ascii("kitchen")];

  it("goes to the other member as it is, and the sender hears of it once that one has it", () => {
    assert.equal(bench.send(hall), undefined);
    const [push] = bench.hall.pushed.map((octets) => replies.decode(octets));
    assert.deepEqual([push?.name, push?.exchange], ["ApplicationDataNotify", 30]);
    assert.deepEqual(push?.body, { pnID, origin: kitchen, payload: ascii("hello") });
    assert.deepEqual([bench.answers, bench.hall.patience], [[], deliveryTime]);
    assert.equal(bench.hall.has({ origin: kitchen, pnID }), "Acknowledgement 31");
    assert.deepEqual(bench.answers, ["Acknowledgement 8"]);
    assert.deepEqual(bench.logged, [`pn.data from ${hex(kitchen)} to ${hex(hall)} octets 5`]);
  });

  it("waits 7 s for that, of the 10 s that the sender waits", () => {
    assert.equal(deliveryTime, Milliseconds(7_000));
    bench.send(hall);
    bench.hall.waiting?.({ error: { code: "timeout" } } as unknown as Said);
    assert.deepEqual(bench.answers, ["noRoute 8"]);
  });

  it("fails by the other application's own Result, and by a word about something else", () => {
    for (const [said, told] of [
      [{ origin: kitchen, pnID, result: Result.ok }, "Acknowledgement 8"],
      [{ origin: kitchen, pnID, result: Result.notListed }, "notListed 8"],
      [{ origin: hall, pnID }, "noRoute 8"],
      [{ origin: kitchen, pnID: new Uint8Array(16) }, "noRoute 8"],
    ] as const) {
      const one = new Bench();
      one.send(hall);
      assert.equal(one.hall.has(said), "Acknowledgement 31");
      assert.deepEqual(one.answers, [told]);
    }
  });

  it("is not sent while another is on its way to the same one", () => {
    bench.send(hall);
    bench.send(hall);
    assert.deepEqual(bench.answers, ["busy 8"]);
    assert.equal(bench.hall.pushed.length, 1);
  });

  it("has no route to itself, to who is no member or away, or over a link that is not protected (C-14)", () => {
    assert.equal(bench.send(kitchen), "result.noRoute");
    assert.equal(bench.send(ascii("cellar")), "result.noRoute");
    bench.hall.secured = false;
    assert.equal(bench.send(hall), "result.noRoute");
    bench.hall.secured = true;
    bench.kitchen.secured = false;
    assert.equal(bench.send(hall), "result.noRoute");
    assert.equal(bench.send(gatewayID), "result.noRoute");
    assert.equal(bench.send(hall, ascii("x"), new Link(undefined)), "result.noRoute");
    assert.deepEqual([bench.answers, bench.logged, bench.hall.pushed], [[], [], []]);
  });

  it("is answered by the PN GW's own application when it is for that", () => {
    assert.equal(bench.send(gatewayID), undefined);
    assert.deepEqual(bench.answers, [`ApplicationData 8 ${hex(gatewayID)} ${hex(kitchen)} 3 hello`]);
    assert.deepEqual(bench.logged, [`pn.data from ${hex(kitchen)} octets 5`]);
  });

  it("is taken by the PN GW when it is of a topic: each once, and only what the device offers (C-30)", () => {
    const said = (number: number, value: number) => encodeTopicMessage({ number, topic: "count", value });
    for (const payload of [said(1, 20), said(1, 20), said(2, 30.5)])
      assert.equal(bench.send(gatewayID, payload), undefined);
    assert.deepEqual(bench.answers, Array(3).fill("Acknowledgement 8"));
    assert.deepEqual(
      bench.heard,
      [20, 30.5].map((value) => `3 ${hex(kitchen)} count ${value}`),
    );
    assert.equal(bench.kitchen.topics.last("count")?.value, 30.5);
    assert.equal(bench.hall.topics.last("count"), undefined);
    assert.equal(
      bench.send(gatewayID, encodeTopicMessage({ number: 3, topic: "door", value: true })),
      "result.notListed",
    );
    assert.equal(bench.send(hall, said(3, 1)), undefined, "for another member it is data like other");
    assert.equal(bench.hall.pushed.length, 1);
  });
});

describe("data of another PN than the one that the link is in (C-14)", () => {
  beforeEach(begin);

  it("is nobody's here", () => {
    const { pn } = bench;
    assert.equal(expectMember(pn, pnID.slice()), pn);
    assert.equal(
      codeOf(() => expectMember(pn, new Uint8Array(16))),
      "pn.notMember",
    );
    assert.equal(
      codeOf(() => expectMember(undefined, pnID)),
      "pn.notMember",
    );
  });
});
